package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keyword replacement in raw text, before it is parsed (contract management-api §4.4): first
 * {@code @@KEY@@}, with quotes around it if there are any, becomes JSON; then {@code ##KEY##}
 * becomes the bare value. Values are literal, and keys are taken in their order, as the CLI does.
 */
record Keywords(Map<String, JsonNode> values) {
  private static final Pattern UNRESOLVED = Pattern.compile("##[A-Z0-9_]+##|@@[A-Z0-9_]+@@");

  Keywords {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  String replace(String text) {
    String replaced = text;
    for (Map.Entry<String, JsonNode> keyword : values.entrySet()) {
      String marker = "@@" + keyword.getKey() + "@@";
      String json = Json.write(keyword.getValue());
      replaced =
          replaced
              .replace("'" + marker + "'", json)
              .replace("\"" + marker + "\"", json)
              .replace(marker, json);
    }
    for (Map.Entry<String, JsonNode> keyword : values.entrySet()) {
      JsonNode value = keyword.getValue();
      String bare = value.isTextual() ? value.textValue() : Json.write(value);
      replaced = replaced.replace("##" + keyword.getKey() + "##", bare);
    }
    return replaced;
  }

  /** A marker that is still there. */
  static Optional<String> unresolved(String text) {
    Matcher matcher = UNRESOLVED.matcher(text);
    return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
  }
}
