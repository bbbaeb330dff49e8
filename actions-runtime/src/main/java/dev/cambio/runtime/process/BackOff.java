package dev.cambio.runtime.process;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before something that has failed is tried again: a second, and twice as long
 * each time, up to a minute; of that between half and all, so that nodes that failed together do
 * not try together. Not thread-safe.
 */
final class BackOff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final DoubleSupplier random;
  private Duration next = FIRST;
  private int failures;

  /**
   * Nothing has failed yet.
   *
   * @param random between 0 and 1
   */
  BackOff(DoubleSupplier random) {
    this.random = random;
  }

  /** It has failed again: how long to wait. */
  Duration failed() {
    failures++;
    Duration wait = Duration.ofMillis((long) (next.toMillis() * (1 + random.getAsDouble()) / 2));
    Duration twice = next.multipliedBy(2);
    next = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    return wait;
  }

  /** How often in a row it has failed. */
  int failures() {
    return failures;
  }

  /** It has gone well. */
  void reset() {
    next = FIRST;
    failures = 0;
  }
}
