package dev.cambio.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.gateway.config.StartupException;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The keyword replacements that deploy-CLI users keep in an environment variable. */
final class KeywordMappings {
  private static final String VARIABLE = "AUTH0_KEYWORD_REPLACE_MAPPINGS";

  private KeywordMappings() {}

  static Map<String, JsonNode> ofProcess() {
    return parse(ConfigLoader.variable(VARIABLE).orElse("{}"));
  }

  static Map<String, JsonNode> parse(String json) {
    try {
      JsonNode given = Json.parse(json);
      if (given.isObject()) {
        Map<String, JsonNode> mappings = new LinkedHashMap<>();
        given.properties().forEach(entry -> mappings.put(entry.getKey(), entry.getValue()));
        return mappings;
      }
    } catch (IOException e) {
      // Falls through to the one complaint about its form.
    }
    throw new StartupException("environment variable " + VARIABLE + " is not a JSON object");
  }
}
