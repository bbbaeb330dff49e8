package dev.cambio.gateway.management;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many calls a tenant may make of this node: a bucket of as many as one second allows, refilled
 * evenly (contract management-api §1.2, 429). Nodes do not share buckets. Thread-safe.
 */
final class RateLimit {
  private static final long MILLIS = 1000;

  private final int perSecond;
  private final Clock clock;
  private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

  /**
   * A limit.
   *
   * @param perSecond calls per second; 0 for no limit
   */
  RateLimit(int perSecond, Clock clock) {
    this.perSecond = perSecond;
    this.clock = clock;
  }

  private record Bucket(double tokens, long atMillis, boolean allowed) {}

  /** Counts a call; refuses with 429 if the bucket is empty. Returns the headers for its answer. */
  Map<String, String> count(String tenantId) {
    if (perSecond == 0) {
      return Map.of();
    }
    long now = clock.millis();
    Bucket after = buckets.compute(tenantId, (id, before) -> next(before, now));
    if (!after.allowed()) {
      throw refusal(now);
    }
    return headers((int) after.tokens(), now);
  }

  /**
   * Decided in the one step that counts, so that calls at once neither pass nor refuse each other.
   */
  private Bucket next(@Nullable Bucket before, long now) {
    if (before == null) {
      return new Bucket(perSecond - 1.0, now, true);
    }
    double grown = (double) Math.max(0, now - before.atMillis()) * perSecond / MILLIS;
    double left = Math.min(perSecond, before.tokens() + grown);
    boolean allowed = left >= 1;
    return new Bucket(allowed ? left - 1 : left, Math.max(now, before.atMillis()), allowed);
  }

  private ManagementException refusal(long now) {
    ManagementException refusal =
        ManagementException.of(429, "too_many_requests", "Global limit has been reached");
    headers(0, now).forEach(refusal::header);
    return refusal.header("Retry-After", "1");
  }

  private Map<String, String> headers(int remaining, long now) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-RateLimit-Limit", Integer.toString(perSecond));
    headers.put("X-RateLimit-Remaining", Integer.toString(remaining));
    headers.put("X-RateLimit-Reset", Long.toString(now / MILLIS + 1));
    return headers;
  }
}
