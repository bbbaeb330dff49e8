package dev.cambio.gateway.load;

import java.time.Duration;

/** Whether the node is about to stop, for those who answer meanwhile. Thread-safe. */
public final class Drain {
  private final Duration limit;
  private volatile boolean begun;

  /**
   * Not begun.
   *
   * @param limit for what is under way when nothing more is taken
   */
  public Drain(Duration limit) {
    this.limit = limit;
  }

  /** From now on clients are told with each answer to connect elsewhere. */
  public void begin() {
    begun = true;
  }

  public boolean isBegun() {
    return begun;
  }

  public Duration limit() {
    return limit;
  }
}
