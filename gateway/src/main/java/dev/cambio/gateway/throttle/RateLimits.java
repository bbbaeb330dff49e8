package dev.cambio.gateway.throttle;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cambio.gateway.error.OAuthException.TooManyRequests;
import dev.cambio.gateway.throttle.RateBucket.Outcome;
import dev.cambio.gateway.throttle.RateBucket.Spent;
import dev.cambio.model.cluster.SharedMap;
import dev.cambio.model.cluster.SharedMap.Late;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Limits how many requests a tenant's endpoints take per second, counted once for the whole cluster
 * (contract token-endpoint §12): a bucket of as many as one second allows, refilled evenly. They
 * count before clients authenticate, as Auth0's do: whoever can reach the endpoint can use them up.
 * Nodes whose clocks differ refill by the fastest of them, so they need the same time. While the
 * member that keeps a bucket does not answer, each node counts for itself: what it lets pass then
 * is at most the limit, and not counted afterwards, since buckets are full again that soon.
 */
public final class RateLimits {
  private static final long SECOND = 1000;

  private static final int MAX_ALONE = 10_000;

  private final SharedMap<RateBucket> buckets;
  private final Cache<String, RateBucket> alone =
      Caffeine.newBuilder().maximumSize(MAX_ALONE).build();
  private final LimitSettings settings;
  private final Clock clock;

  /**
   * Limits.
   *
   * @param buckets a map that the cluster shares
   */
  @SuppressWarnings("unchecked") // The map is this class's own; nobody else sees what is in it.
  public RateLimits(SharedMap<?> buckets, LimitSettings settings, Clock clock) {
    this.buckets = (SharedMap<RateBucket>) buckets;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * A request that was counted.
   *
   * @param headers for its answer; empty without a limit
   * @param logType tenant log entry to be written for the tenant; empty for none
   */
  public record Counted(Map<String, String> headers, Optional<String> logType) {
    static final Counted UNLIMITED = new Counted(Map.of(), Optional.empty());

    /** The headers of the narrower limit, or else of this one. */
    public Map<String, String> headersOr(Counted narrower) {
      return narrower.headers().isEmpty() ? headers : narrower.headers();
    }
  }

  /** What is counted apart. */
  public enum Kind {
    /** Every request. */
    REQUESTS,
    /** Custom Token Exchanges, beside all requests. */
    EXCHANGES,
    /** On-Behalf-Of exchanges, beside all requests. */
    ON_BEHALF_OF
  }

  /** Counts a request to a tenant; refuses with 429 if too many came. */
  public Counted count(String tenantId, Kind kind) {
    return count(tenantId + '\n' + kind.name(), Rate.perSecond(settings.perSecond(kind)));
  }

  /** Counts a userinfo request for that user (contract token-endpoint §11.3). */
  public Counted userinfo(String tenantId, String userId) {
    return count(tenantId + "\nuserinfo\n" + userId, Rate.perMinute(settings.userinfoPerMinute()));
  }

  private Counted count(String bucket, Rate rate) {
    if (rate.burst() == 0) {
      return Counted.UNLIMITED;
    }
    long now = clock.millis();
    Outcome outcome = spend(bucket, rate, now);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-RateLimit-Limit", Integer.toString(rate.burst()));
    headers.put("X-RateLimit-Remaining", Integer.toString(outcome.remaining()));
    headers.put("X-RateLimit-Reset", Long.toString(now / SECOND + rate.secondsToNext()));
    Optional<String> logType =
        switch (outcome.notice()) {
          case NONE -> Optional.empty();
          case API_LIMIT_WARNING -> Optional.of("api_limit_warning");
          case API_LIMIT -> Optional.of("api_limit");
        };
    if (!outcome.allowed()) {
      headers.put("Retry-After", Long.toString(rate.secondsToNext()));
      throw new TooManyRequests(headers, logType.isPresent());
    }
    return new Counted(headers, logType);
  }

  private Outcome spend(String bucket, Rate rate, long now) {
    try {
      return buckets.apply(bucket, new RateBucket.Spend(rate, now));
    } catch (Late e) {
      return spendAlone(bucket, rate, now);
    }
  }

  private Outcome spendAlone(String bucket, Rate rate, long now) {
    while (true) {
      RateBucket mine = alone.getIfPresent(bucket);
      Spent spent = RateBucket.spend(mine, rate, now);
      boolean counted =
          mine == null
              ? alone.asMap().putIfAbsent(bucket, spent.after()) == null
              : alone.asMap().replace(bucket, mine, spent.after());
      if (counted) {
        return spent.outcome();
      }
    }
  }
}
