package dev.cambio.gateway.ops;

import java.util.Map;

/**
 * How one part of the node is.
 *
 * @param up whether it can do its work
 * @param details JSON values worth knowing; no secrets, since probes are not authenticated
 */
public record Health(boolean up, Map<String, Object> details) {
  public Health {
    details = Map.copyOf(details);
  }

  public static Health of(boolean up) {
    return new Health(up, Map.of());
  }
}
