package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
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

  /** Whether PostgreSQL can hold the text. */
  static boolean isText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\0' || Character.isLowSurrogate(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)) {
        i++;
        if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
          return false;
        }
      }
    }
    return true;
  }

  private static void requireText(String text, String path) {
    if (!isText(text)) {
      throw problem("String contains a character that is not allowed", path);
    }
  }

  private static ManagementException problem(String detail, String path) {
    return ManagementException.invalidBody(new Violation(path, detail));
  }
}
