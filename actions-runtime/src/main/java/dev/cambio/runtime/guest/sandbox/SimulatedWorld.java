package dev.cambio.runtime.guest.sandbox;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A world that is the same at every run: its clock stands still while code runs and is moved on by
 * the waiting, and its chance follows from a seed. Either may be real. Confined to one thread.
 */
public final class SimulatedWorld implements World {
  private final @Nullable Long start;
  private final @Nullable Random random;
  private long elapsedNanos;

  /**
   * A world.
   *
   * @param start milliseconds since the epoch; null for the real time
   * @param seed null for real chance
   */
  public SimulatedWorld(@Nullable Long start, @Nullable Long seed) {
    this.start = start;
    this.random = seed == null ? null : new Random(seed);
  }

  /** Whether time passes only by {@link #pass}. */
  public boolean stands() {
    return start != null;
  }

  boolean repeats() {
    return random != null;
  }

  /** Nanoseconds that have passed. */
  public long elapsedNanos() {
    return elapsedNanos;
  }

  /** Lets time pass. */
  public void pass(long nanos) {
    elapsedNanos += nanos;
  }

  @Override
  public double now() {
    return start == null ? World.REAL.now() : start + Math.floorDiv(elapsedNanos, 1_000_000L);
  }

  @Override
  public double monotonic() {
    return start == null ? World.REAL.monotonic() : elapsedNanos / 1e6;
  }

  @Override
  public void fill(byte[] bytes) {
    if (random == null) {
      World.REAL.fill(bytes);
    } else {
      random.nextBytes(bytes);
    }
  }
}
