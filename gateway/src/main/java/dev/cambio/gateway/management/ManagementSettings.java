package dev.cambio.gateway.management;

import dev.cambio.model.config.Settings;

/**
 * Settings of the Management API.
 *
 * @param requestsPerSecond that a tenant may make of one node; 0 for no limit
 */
public record ManagementSettings(int requestsPerSecond) {
  private static final int DEFAULT_RATE = 1000;
  private static final int MAX_RATE = 1_000_000;

  public static ManagementSettings from(Settings settings) {
    return new ManagementSettings(
        settings.integer("management.requests-per-second", DEFAULT_RATE, 0, MAX_RATE));
  }
}
