package dev.cambio.gateway.throttle;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import java.util.Map.Entry;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The requests that a tenant or a user has left, and when the log was last told that they run out.
 *
 * @param tokens whole and growing ones
 * @param atMillis when that was so, in milliseconds since the epoch
 */
record RateBucket(double tokens, long atMillis, long warnedAt, long reportedAt) {
  private static final long QUIET_MILLIS = 60_000;
  private static final double LOW = 0.2;

  /** What the tenant log is to hold of it, at most once a minute each. */
  enum Notice {
    NONE,
    API_LIMIT_WARNING,
    API_LIMIT
  }

  /**
   * What became of a request.
   *
   * @param remaining requests that are left
   */
  record Outcome(boolean allowed, int remaining, Notice notice) {}

  /** A bucket after a request, and what became of the request. */
  record Spent(RateBucket after, Outcome outcome) {}

  /** Counts a request, unless none is left. */
  static Spent spend(@Nullable RateBucket before, Rate rate, long now) {
    double tokens = left(before, rate, now);
    boolean allowed = tokens >= 1;
    double after = allowed ? tokens - 1 : tokens;
    long warnedAt = before == null ? 0 : before.warnedAt();
    long reportedAt = before == null ? 0 : before.reportedAt();
    boolean low = rate.burst() > 1 && after < rate.burst() * LOW;
    Notice notice = Notice.NONE;
    if (!allowed && now - reportedAt >= QUIET_MILLIS) {
      notice = Notice.API_LIMIT;
      reportedAt = now;
    } else if (allowed && low && now - warnedAt >= QUIET_MILLIS) {
      notice = Notice.API_LIMIT_WARNING;
      warnedAt = now;
    }
    // A node whose clock is behind must not have the same time earned once more by the next.
    long at = before == null ? now : Math.max(now, before.atMillis());
    return new Spent(
        new RateBucket(after, at, warnedAt, reportedAt), new Outcome(allowed, (int) after, notice));
  }

  /** The same where the bucket lives. */
  record Spend(Rate rate, long now) implements EntryProcessor<String, RateBucket, Outcome> {
    @Override
    public Outcome process(Entry<String, RateBucket> entry) {
      Spent spent = spend(entry.getValue(), rate, now);
      ((ExtendedMapEntry<String, RateBucket>) entry)
          .setValue(
              spent.after(), Math.max(QUIET_MILLIS, rate.fillMillis()), TimeUnit.MILLISECONDS);
      return spent.outcome();
    }
  }

  private static double left(@Nullable RateBucket stored, Rate rate, long now) {
    if (stored == null) {
      return rate.burst();
    }
    // Clocks of nodes differ a little; time does not run backwards for that.
    double grown = rate.grown(Math.max(0, now - stored.atMillis()));
    return Math.min(rate.burst(), stored.tokens() + grown);
  }
}
