package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.store.StorableText;
import java.util.Map;

/** What JSON may hold to be stored: what the database would refuse is a client's mistake. */
final class Storable {
  private Storable() {}

  /** Refuses U+0000, halves of surrogate pairs, and numbers that are none. */
  static void require(JsonNode json) {
    require(json, "");
  }

  private static void require(JsonNode json, String path) {
    if (json.isTextual()) {
      requireText(json.textValue(), path);
    } else if (json.isFloatingPointNumber() && !Double.isFinite(json.doubleValue())) {
      throw problem("Number is out of range", path);
    } else if (json.isArray()) {
      for (int i = 0; i < json.size(); i++) {
        require(json.get(i), path + "[" + i + "]");
      }
    } else {
      for (Map.Entry<String, JsonNode> member : json.properties()) {
        requireText(member.getKey(), path);
        require(member.getValue(), path.isEmpty() ? member.getKey() : path + "." + member.getKey());
      }
    }
  }

  private static void requireText(String text, String path) {
    if (!StorableText.is(text)) {
      throw problem("String contains a character that is not allowed", path);
    }
  }

  private static ManagementException problem(String detail, String path) {
    return ManagementException.invalidBody(new Violation(path, detail));
  }
}
