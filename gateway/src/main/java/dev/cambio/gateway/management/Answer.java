package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a handler answers.
 *
 * @param status 0 for the one that the document says
 * @param body a missing node for none
 */
public record Answer(int status, JsonNode body, Map<String, String> headers) {

  /** A body, with the status of the document. */
  public static Answer of(JsonNode body) {
    return new Answer(0, body, Map.of());
  }

  /** No body, with the status of the document. */
  public static Answer empty() {
    return of(MissingNode.getInstance());
  }

  /** The same with another status than the document's first. */
  public Answer status(int other) {
    return new Answer(other, body, headers);
  }

  /** The same with a header more. */
  public Answer header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, body, more);
  }
}
