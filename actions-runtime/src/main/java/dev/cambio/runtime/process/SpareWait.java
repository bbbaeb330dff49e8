package dev.cambio.runtime.process;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long runs that want a spare behind them wait for one. On a machine that cannot start one they
 * would wait for ever and be refused one by one; so after half a minute without a spare, and
 * without any incident, one of them at a time may begin all the same. Not thread-safe.
 */
final class SpareWait {
  static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final LongSupplier nanoTime;
  private long since;
  private boolean taken;

  SpareWait(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /** A spare has gone, a process has begun to serve, or a run has cost something: wait anew. */
  void restart() {
    since = nanoTime.getAsLong();
  }

  /** Whether a run may begin without a spare; who does takes the only place. */
  boolean isOver() {
    return !taken && left() <= 0;
  }

  /** Nanoseconds until it may, if nothing happens; never less than a moment. */
  long left() {
    return LONGEST_NANOS - (nanoTime.getAsLong() - since);
  }

  void take() {
    taken = true;
  }

  void giveBack() {
    taken = false;
  }
}
