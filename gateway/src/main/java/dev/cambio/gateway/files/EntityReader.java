package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.management.ManagementSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads entities by the operations of the Management API. */
class EntityReader {
  private static final int PAGE = 100;

  private final ManagementSession session;

  EntityReader(ManagementSession session) {
    this.session = session;
  }

  final ManagementSession session() {
    return session;
  }

  /** Reads something. */
  final JsonNode get(String operation, Map<String, String> path) {
    return session.call(operation, path, Map.of());
  }

  /** Every entity of a list by pages. */
  final List<ObjectNode> pages(
      String operation, String key, Map<String, String> path, Map<String, String> query) {
    List<ObjectNode> all = new ArrayList<>();
    for (int page = 0; ; page++) {
      Map<String, String> parameters = new LinkedHashMap<>(query);
      parameters.put("page", Integer.toString(page));
      parameters.put("per_page", Integer.toString(PAGE));
      JsonNode answer = session.call(operation, path, parameters);
      JsonNode items = answer.isArray() ? answer : answer.path(key);
      items.forEach(item -> all.add((ObjectNode) item));
      if (items.size() < PAGE) {
        return all;
      }
    }
  }

  /** Every entity of a list by cursor. */
  final List<ObjectNode> cursor(String operation, String key, Map<String, String> path) {
    List<ObjectNode> all = new ArrayList<>();
    String from = "";
    do {
      Map<String, String> parameters = new LinkedHashMap<>();
      parameters.put("take", Integer.toString(PAGE));
      if (!from.isEmpty()) {
        parameters.put("from", from);
      }
      JsonNode answer = session.call(operation, path, parameters);
      answer.path(key).forEach(item -> all.add((ObjectNode) item));
      from = answer.path("next").asText("");
    } while (!from.isEmpty());
    return all;
  }
}
