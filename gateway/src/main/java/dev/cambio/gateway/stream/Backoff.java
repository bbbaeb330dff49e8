package dev.cambio.gateway.stream;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling, with jitter so that streams which failed
 * together do not return together, and not before the receiver wants to be asked again.
 */
record Backoff(Duration first, RandomGenerator random) {
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
  private static final int MAX_DOUBLINGS = 16;

  /**
   * The time to wait.
   *
   * @param failures attempts that have failed before this one
   * @param receiver what the receiver asked for; believed up to five minutes
   */
  Duration after(int failures, Optional<Duration> receiver) {
    long doubled = first.toMillis() << Math.min(failures, MAX_DOUBLINGS);
    long bounded = Math.min(doubled, LONGEST.toMillis());
    Duration own = Duration.ofMillis(bounded / 2 + random.nextLong(bounded / 2 + 1));
    Duration asked = receiver.orElse(Duration.ZERO);
    Duration believed = asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    return own.compareTo(believed) > 0 ? own : believed;
  }
}
