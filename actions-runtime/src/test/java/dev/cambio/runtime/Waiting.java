package dev.cambio.runtime;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits on a condition with a deadline. */
final class Waiting {
  private Waiting() {}

  static void until(Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("the condition did not come true within " + patience);
      }
      // Spinning would take the processor from the guests.
      LockSupport.parkNanos(1_000_000);
    }
  }
}
