package dev.cambio.gateway.packages;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The packages that the runtime brings (contract actions-runtime §2.5). */
final class Preinstalled {
  /** Written by the build of the runtime, beside the packages. */
  private static final String LIST = "/dev/cambio/runtime/guest/js/packages/packages.json";

  private Preinstalled() {}

  /** Versions by name. */
  static Map<String, String> versions() {
    try (InputStream file = Preinstalled.class.getResourceAsStream(LIST)) {
      JsonNode json = Json.parse(Objects.requireNonNull(file, LIST).readAllBytes());
      Map<String, String> versions = new TreeMap<>();
      json.properties().forEach(entry -> versions.put(entry.getKey(), entry.getValue().asText()));
      return versions;
    } catch (IOException e) {
      throw new IllegalStateException(LIST + " is not readable", e);
    }
  }
}
