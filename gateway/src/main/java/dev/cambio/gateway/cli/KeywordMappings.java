package dev.cambio.gateway.cli;

import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.gateway.config.StartupException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/** The keyword replacements that deploy-CLI users keep in an environment variable. */
final class KeywordMappings {
  private static final String VARIABLE = "AUTH0_KEYWORD_REPLACE_MAPPINGS";

  private KeywordMappings() {}

  static Map<String, String> ofProcess() {
    return parse(ConfigLoader.variable(VARIABLE).orElse("{}"));
  }

  static Map<String, String> parse(String json) {
    try {
      Map<String, String> mappings = new LinkedHashMap<>();
      for (Map.Entry<String, Object> entry : new JsonObject(json)) {
        mappings.put(entry.getKey(), String.valueOf(entry.getValue()));
      }
      return mappings;
    } catch (DecodeException e) {
      throw new StartupException("environment variable " + VARIABLE + " is not a JSON object", e);
    }
  }
}
