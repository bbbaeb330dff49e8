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

  /**
   * The text with its keywords replaced; empty if that is too long, as keywords within values of
   * keywords can make it.
   */
  Optional<String> replace(String text, int maxLength) {
    Optional<String> replaced = Optional.of(text);
    for (Map.Entry<String, JsonNode> keyword : values.entrySet()) {
      String marker = "@@" + keyword.getKey() + "@@";
      String json = Json.write(keyword.getValue());
      replaced =
          replaced
              .flatMap(each -> replace(each, "'" + marker + "'", json, maxLength))
              .flatMap(each -> replace(each, "\"" + marker + "\"", json, maxLength))
              .flatMap(each -> replace(each, marker, json, maxLength));
    }
    for (Map.Entry<String, JsonNode> keyword : values.entrySet()) {
      JsonNode value = keyword.getValue();
      String bare = value.isTextual() ? value.textValue() : Json.write(value);
      replaced =
          replaced.flatMap(each -> replace(each, "##" + keyword.getKey() + "##", bare, maxLength));
    }
    return replaced;
  }

  private static Optional<String> replace(String text, String marker, String value, int maxLength) {
    long length = text.length();
    for (int at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + marker.length())) {
      length += value.length() - marker.length();
    }
    return length > maxLength ? Optional.empty() : Optional.of(text.replace(marker, value));
  }

  /** A marker that is still there. */
  static Optional<String> unresolved(String text) {
    Matcher matcher = UNRESOLVED.matcher(text);
    return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
  }
}
