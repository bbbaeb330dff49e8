package dev.cambio.gateway.throttle;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cambio.gateway.throttle.TokenBucket.Outcome;
import dev.cambio.gateway.throttle.TokenBucket.Taken;
import dev.cambio.model.cluster.SharedMap;
import dev.cambio.model.cluster.SharedMap.Late;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that addresses have left: counted where the cluster keeps their buckets, and by this
 * node alone while that member does not answer, from what was heard of the bucket last. What was
 * counted alone is handed in as soon as the bucket is asked for again, and the stricter of the two
 * counts stands. Nodes that count alone at the same time do not know of each other: each lets at
 * most one bucket's attempts pass.
 */
final class AttemptCounts {
  private static final int MAX_KNOWN = 10_000;

  private final SharedMap<TokenBucket> shared;
  private final Cache<String, Known> known = Caffeine.newBuilder().maximumSize(MAX_KNOWN).build();

  /**
   * A bucket as this node knows it.
   *
   * @param alone whether it holds attempts that the cluster has not heard of
   */
  private record Known(TokenBucket bucket, boolean alone) {}

  AttemptCounts(SharedMap<TokenBucket> shared) {
    this.shared = shared;
  }

  /** What is left; takes nothing. */
  double left(String key, ThrottleStage stage, long now) {
    Known mine = known.getIfPresent(key);
    try {
      if (mine != null && mine.alone()) {
        return handIn(key, mine, stage, now);
      }
      TokenBucket stored = shared.get(key);
      if (mine != null || stored != null) {
        remember(key, stored);
      }
      return TokenBucket.left(stored, stage, now);
    } catch (Late e) {
      return TokenBucket.left(mine == null ? null : mine.bucket(), stage, now);
    }
  }

  /** Takes an attempt, if there is one. */
  Outcome take(String key, ThrottleStage stage, long now) {
    Known mine = known.getIfPresent(key);
    try {
      if (mine != null && mine.alone()) {
        handIn(key, mine, stage, now);
      }
      Outcome outcome = shared.apply(key, new TokenBucket.Take(stage, now));
      remember(key, new TokenBucket(outcome.left(), now));
      return outcome;
    } catch (Late e) {
      return takeAlone(key, stage, now);
    }
  }

  private double handIn(String key, Known mine, ThrottleStage stage, long now) throws Late {
    double left = shared.apply(key, new TokenBucket.HandIn(stage, now, mine.bucket())).left();
    // Unless another request has counted on meanwhile: then it is handed in once more.
    known.asMap().replace(key, mine, new Known(new TokenBucket(left, now), false));
    return left;
  }

  private Outcome takeAlone(String key, ThrottleStage stage, long now) {
    while (true) {
      Known mine = known.getIfPresent(key);
      Taken taken = TokenBucket.take(mine == null ? null : mine.bucket(), stage, now);
      Known next = new Known(taken.after(), true);
      boolean counted =
          mine == null
              ? known.asMap().putIfAbsent(key, next) == null
              : known.asMap().replace(key, mine, next);
      if (counted) {
        return taken.outcome();
      }
    }
  }

  /** What the cluster says, unless there is something that it has not heard of. */
  private void remember(String key, @Nullable TokenBucket stored) {
    known
        .asMap()
        .compute(
            key,
            (same, mine) ->
                mine != null && mine.alone()
                    ? mine
                    : stored == null ? null : new Known(stored, false));
  }
}
