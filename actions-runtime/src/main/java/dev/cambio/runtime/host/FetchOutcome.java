package dev.cambio.runtime.host;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import dev.cambio.runtime.process.GuestServices;
import java.util.List;

/** What became of one {@code fetch}. */
sealed interface FetchOutcome {

  /**
   * There is an answer, whatever its status.
   *
   * @param url of the last hop
   * @param body decompressed
   */
  @SuppressWarnings("ArrayRecordComponent") // passed through, never compared
  record Answered(
      int status,
      String statusText,
      String url,
      boolean redirected,
      List<FetchRequest.Header> headers,
      byte[] body)
      implements FetchOutcome {}

  /** There is none. */
  record Failed(String code, String message) implements FetchOutcome {
    static Failed of(FetchFailure failure) {
      return new Failed(failure.code(), failure.reason());
    }
  }

  /** Tells the guest. */
  default void tell(GuestServices.Completion completion) {
    ObjectNode head = JsonNodeFactory.instance.objectNode();
    switch (this) {
      case Failed(String code, String message) -> {
        head.put("message", message).put("code", code);
        completion.complete(false, Json.write(head), null);
      }
      case Answered answered -> {
        head.put("status", answered.status())
            .put("statusText", answered.statusText())
            .put("url", answered.url())
            .put("redirected", answered.redirected());
        ArrayNode headers = head.putArray("headers");
        for (FetchRequest.Header header : answered.headers()) {
          headers.addArray().add(header.name()).add(header.value());
        }
        completion.complete(true, Json.write(head), answered.body());
      }
    }
  }
}
