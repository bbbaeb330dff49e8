package dev.cambio.gateway.throttle;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import java.util.Map.Entry;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that an address has left.
 *
 * @param attempts whole and growing ones
 * @param atMillis when that was so, in milliseconds since the epoch
 */
record TokenBucket(double attempts, long atMillis) {

  /** What is left now. */
  static double left(@Nullable TokenBucket stored, ThrottleStage stage, long now) {
    if (stored == null) {
      return stage.maxAttempts();
    }
    // Clocks of nodes differ a little; time does not run backwards for that.
    double grown = (double) Math.max(0, now - stored.atMillis()) / stage.rateMillis();
    return Math.min(stage.maxAttempts(), stored.attempts() + grown);
  }

  /**
   * What became of an attempt.
   *
   * @param taken whether there was one to take
   * @param left what is left now
   */
  record Outcome(boolean taken, double left) {
    boolean last() {
      return taken && left < 1;
    }
  }

  /** Takes an attempt where the bucket lives, if there is one. */
  record Take(ThrottleStage stage, long now)
      implements EntryProcessor<String, TokenBucket, Outcome> {
    @Override
    public Outcome process(Entry<String, TokenBucket> entry) {
      TokenBucket stored = entry.getValue();
      double before = left(stored, stage, now);
      if (before < 1) {
        return new Outcome(false, before);
      }
      double after = before - 1;
      long full = (long) Math.ceil((stage.maxAttempts() - after) * stage.rateMillis());
      // A node whose clock is behind must not have the same time earned once more by the next.
      long at = stored == null ? now : Math.max(now, stored.atMillis());
      // A full bucket is as good as none, so it may go.
      ((ExtendedMapEntry<String, TokenBucket>) entry)
          .setValue(new TokenBucket(after, at), Math.max(1, full), TimeUnit.MILLISECONDS);
      return new Outcome(true, after);
    }
  }
}
