package dev.cambio.gateway.throttle;

import dev.cambio.model.config.Settings;

/**
 * Rate limits (contract token-endpoint §12, §11.3), each counted for the whole cluster.
 *
 * @param requestsPerSecond all requests to a tenant's token endpoint; 0 for no limit
 * @param exchangesPerSecond Custom Token Exchanges among them; 0 for no limit
 * @param onBehalfOfPerSecond On-Behalf-Of exchanges among them; 0 for no limit
 * @param userinfoPerMinute userinfo requests for one user, twice as many at once; 0 for no limit
 */
public record LimitSettings(
    int requestsPerSecond, int exchangesPerSecond, int onBehalfOfPerSecond, int userinfoPerMinute) {
  private static final int MOST = 1_000_000;

  public static LimitSettings from(Settings settings) {
    return new LimitSettings(
        settings.integer("limits.requests-per-second", 0, 0, MOST),
        settings.integer("limits.exchanges-per-second", 0, 0, MOST),
        settings.integer("limits.on-behalf-of-per-second", 0, 0, MOST),
        settings.integer("limits.userinfo-per-minute", 0, 0, MOST));
  }

  int perSecond(RateLimits.Kind kind) {
    return switch (kind) {
      case REQUESTS -> requestsPerSecond;
      case EXCHANGES -> exchangesPerSecond;
      case ON_BEHALF_OF -> onBehalfOfPerSecond;
    };
  }
}
