package dev.cambio.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.model.bus.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes JSON answers; the only place where an error of the token endpoint becomes one. */
final class Responses {
  private static final Logger LOG = LoggerFactory.getLogger(Responses.class);

  /** RFC 6749 §5.1: nothing that may hold a token is kept on the way. */
  static final Map<String, String> NO_STORE =
      Map.of("Cache-Control", "no-store", "Pragma", "no-cache");

  private Responses() {}

  /**
   * An answer.
   *
   * @param body a missing node for none
   * @param headers beside {@code Content-Type}
   */
  record Answer(int status, JsonNode body, Map<String, String> headers) {}

  static Answer refusal(Throwable thrown) {
    OAuthException refusal =
        thrown instanceof OAuthException known ? known : new ServerFault(thrown);
    // What an Action did wrong is in the tenant's log; only failures of ours belong in the node's.
    if (refusal instanceof ServerFault && refusal.getCause() != null) {
      LOG.error("Answered 500", refusal.getCause());
    }
    return new Answer(refusal.status(), refusal.body(), refusal.headers());
  }

  /** Writes the answer; completes when it is on its way, or need not be. */
  static Future<Void> send(HttpServerResponse response, Answer answer) {
    if (response.ended() || response.closed()) {
      return Future.succeededFuture();
    }
    response.setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    if (answer.body().isMissingNode()) {
      return response.end();
    } else {
      response.putHeader("Content-Type", "application/json");
      return response.end(Buffer.buffer(Json.writeBytes(answer.body())));
    }
  }
}
