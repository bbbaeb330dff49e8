package dev.cambio.gateway.throttle;

import dev.cambio.model.config.Settings;

/**
 * Rate limits of the token endpoint (contract token-endpoint §12), each for a tenant and the whole
 * cluster.
 *
 * @param requestsPerSecond all requests; 0 for no limit
 * @param exchangesPerSecond Custom Token Exchanges; 0 for no limit
 * @param onBehalfOfPerSecond On-Behalf-Of exchanges; 0 for no limit
 */
public record LimitSettings(
    int requestsPerSecond, int exchangesPerSecond, int onBehalfOfPerSecond) {
  private static final int MOST = 1_000_000;

  public static LimitSettings from(Settings settings) {
    return new LimitSettings(
        settings.integer("limits.requests-per-second", 0, 0, MOST),
        settings.integer("limits.exchanges-per-second", 0, 0, MOST),
        settings.integer("limits.on-behalf-of-per-second", 0, 0, MOST));
  }

  int perSecond(RateLimits.Kind kind) {
    return switch (kind) {
      case REQUESTS -> requestsPerSecond;
      case EXCHANGES -> exchangesPerSecond;
      case ON_BEHALF_OF -> onBehalfOfPerSecond;
    };
  }
}
