package dev.cambio.gateway.stream;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.util.List;

/** How a batch of entries becomes one body; each entry is {@code {log_id, data}}. */
enum StreamFormat {
  /** A list. */
  JSONARRAY,
  /** One entry a line. */
  JSONLINES,
  /** An object whose {@code logs} is the list. */
  JSONOBJECT;

  String write(List<ObjectNode> entries) {
    return switch (this) {
      case JSONARRAY -> Json.write(array(entries));
      case JSONLINES -> lines(entries);
      case JSONOBJECT ->
          Json.write(JsonNodeFactory.instance.objectNode().set("logs", array(entries)));
    };
  }

  private static ArrayNode array(List<ObjectNode> entries) {
    return JsonNodeFactory.instance.arrayNode().addAll(entries);
  }

  private static String lines(List<ObjectNode> entries) {
    StringBuilder lines = new StringBuilder();
    entries.forEach(entry -> lines.append(Json.write(entry)).append('\n'));
    return lines.toString();
  }
}
