package dev.cambio.gateway.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads jsonb columns, which queries select as text. */
public final class Payload {
  private Payload() {}

  /** A column that holds a JSON object. */
  public static ObjectNode object(Row row, String column) {
    try {
      return (ObjectNode) Json.parse(row.getString(column));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("column " + column + " is not JSON", e);
    }
  }

  /** A member that is an object; an empty object if there is none. */
  public static ObjectNode member(ObjectNode payload, String member) {
    return payload.get(member) instanceof ObjectNode object
        ? object
        : JsonNodeFactory.instance.objectNode();
  }

  /** A member's strings, if it is an array of them; anything else reads as no strings. */
  public static Set<String> strings(ObjectNode payload, String member) {
    Set<String> strings = new LinkedHashSet<>();
    payload.path(member).forEach(item -> strings.add(item.asText()));
    return strings;
  }
}
