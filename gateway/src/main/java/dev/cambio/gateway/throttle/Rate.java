package dev.cambio.gateway.throttle;

/**
 * How often something may happen: a bucket of as many as may come at once, which fills evenly.
 *
 * @param burst what a full bucket holds
 * @param fillMillis time in which an empty one is full again
 */
record Rate(int burst, long fillMillis) {
  private static final long SECOND = 1000;
  private static final long MINUTE = 60_000;

  static Rate perSecond(int times) {
    return new Rate(times, SECOND);
  }

  /** So many a minute on the long run, twice as many at once (contract token-endpoint §11.3). */
  static Rate perMinute(int times) {
    return new Rate(2 * times, 2 * MINUTE);
  }

  /** What grows in that time. */
  double grown(long millis) {
    return (double) millis * burst / fillMillis;
  }

  /** Whole seconds, at least one, in which one more may come. */
  long secondsToNext() {
    return Math.max(1, fillMillis / burst / SECOND);
  }
}
