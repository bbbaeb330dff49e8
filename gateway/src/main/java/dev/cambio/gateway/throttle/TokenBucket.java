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

  /** A bucket after an attempt, and what became of the attempt. */
  record Taken(TokenBucket after, Outcome outcome) {}

  /** Takes an attempt, if there is one; else the bucket stays as it is. */
  static Taken take(@Nullable TokenBucket stored, ThrottleStage stage, long now) {
    double before = left(stored, stage, now);
    boolean taken = before >= 1;
    if (!taken && stored != null) {
      return new Taken(stored, new Outcome(false, before));
    }
    double after = taken ? before - 1 : before;
    // A node whose clock is behind must not have the same time earned once more by the next.
    long at = stored == null ? now : Math.max(now, stored.atMillis());
    return new Taken(new TokenBucket(after, at), new Outcome(taken, after));
  }

  /** The one of two counts of the same bucket by which fewer attempts are left. */
  static TokenBucket stricter(
      @Nullable TokenBucket one, TokenBucket other, ThrottleStage stage, long now) {
    return one != null && left(one, stage, now) <= left(other, stage, now) ? one : other;
  }

  private long millisToFull(ThrottleStage stage) {
    // A full bucket is as good as none, so it may go.
    return Math.max(1, (long) Math.ceil((stage.maxAttempts() - attempts) * stage.rateMillis()));
  }

  private void storeIn(Entry<String, TokenBucket> entry, ThrottleStage stage) {
    ((ExtendedMapEntry<String, TokenBucket>) entry)
        .setValue(this, millisToFull(stage), TimeUnit.MILLISECONDS);
  }

  /** Takes an attempt where the bucket lives, if there is one. */
  record Take(ThrottleStage stage, long now)
      implements EntryProcessor<String, TokenBucket, Outcome> {
    @Override
    public Outcome process(Entry<String, TokenBucket> entry) {
      Taken taken = take(entry.getValue(), stage, now);
      if (taken.outcome().taken()) {
        taken.after().storeIn(entry, stage);
      }
      return taken.outcome();
    }
  }

  /** Hands in what a node has counted alone: the stricter of that and the bucket stands. */
  record HandIn(ThrottleStage stage, long now, TokenBucket counted)
      implements EntryProcessor<String, TokenBucket, Outcome> {
    @Override
    public Outcome process(Entry<String, TokenBucket> entry) {
      TokenBucket stands = stricter(entry.getValue(), counted, stage, now);
      stands.storeIn(entry, stage);
      return new Outcome(true, left(stands, stage, now));
    }
  }
}
