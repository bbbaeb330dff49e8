package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** How two states of an entity differ, for people to read. */
final class Difference {
  /** What changes by itself, or whenever something else does. */
  private static final Set<String> NOT_TOLD =
      Set.of(
          "updated_at",
          "built_at",
          "build_log",
          "deployed_version",
          "current_version",
          "latest_version",
          "last_password_reset");

  private static final Set<String> HIDDEN = Set.of("secret", "password", "private_key", "pem");
  private static final int MAX_TEXT = 80;

  private Difference() {}

  /** One line per field: {@code field: before → after}. */
  static List<String> of(JsonNode before, JsonNode after) {
    List<String> lines = new ArrayList<>();
    compare("", before, after, lines);
    return lines;
  }

  private static void compare(String path, JsonNode before, JsonNode after, List<String> lines) {
    if (before.equals(after)) {
      return;
    }
    if (before instanceof ObjectNode old && after instanceof ObjectNode now) {
      Set<String> names = new TreeSet<>();
      old.fieldNames().forEachRemaining(names::add);
      now.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        if (!NOT_TOLD.contains(name)) {
          compare(path.isEmpty() ? name : path + "." + name, old.path(name), now.path(name), lines);
        }
      }
    } else {
      lines.add(path + ": " + text(path, before) + " → " + text(path, after));
    }
  }

  private static String text(String path, JsonNode value) {
    if (value instanceof MissingNode) {
      return "nothing";
    }
    String field = path.toLowerCase(Locale.ROOT);
    if (HIDDEN.stream().anyMatch(field::contains)) {
      return "(not shown)";
    }
    String text = value.toString();
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}
