package dev.cambio.gateway.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Text that the database can hold as it is: without U+0000, which PostgreSQL refuses, and without
 * halves of surrogate pairs, each of which would be stored as a question mark, so that several
 * names would be one.
 */
public final class StorableText {
  private StorableText() {}

  /** Whether the text is. */
  public static boolean is(String text) {
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

  /** Whether all names and texts in the JSON are. */
  public static boolean isAllOf(JsonNode node) {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!is(member.getKey())) {
        return false;
      }
    }
    for (JsonNode child : node) {
      if (!isAllOf(child)) {
        return false;
      }
    }
    return !node.isTextual() || is(node.textValue());
  }
}
