package dev.cambio.runtime.process;

import java.util.LinkedHashSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One lane of a guest process, which does one thing at a time, and what it has yet to warm. Not
 * thread-safe.
 */
final class GuestLane {
  private final GuestProcess process;
  private final int index;
  private final int maxCold;
  private final LinkedHashSet<GuestVersion> cold = new LinkedHashSet<>();
  private boolean busy;
  private boolean lost;

  /**
   * An idle lane.
   *
   * @param maxCold contexts that the lane keeps: more than that is not worth warming
   */
  GuestLane(GuestProcess process, int index, int maxCold) {
    this.process = process;
    this.index = index;
    this.maxCold = maxCold;
  }

  GuestProcess process() {
    return process;
  }

  int index() {
    return index;
  }

  boolean busy() {
    return busy;
  }

  void busy(boolean now) {
    busy = now;
  }

  /** Whether it hangs in a run that has been given up. */
  boolean lost() {
    return lost;
  }

  void lose() {
    lost = true;
    cold.clear();
  }

  /** Number of realms that are to be opened ahead. */
  int cold() {
    return cold.size();
  }

  /** Has the version's realm opened when there is nothing else to do. */
  void chill(GuestVersion version) {
    cold.add(version);
    if (cold.size() > maxCold) {
      cold.removeFirst();
    }
  }

  /** These versions need no warming, or none any more. */
  void forget(Predicate<GuestVersion> which) {
    cold.removeIf(which);
  }

  /** The version that waits longest for its realm. */
  @Nullable GuestVersion nextCold() {
    return cold.isEmpty() ? null : cold.getFirst();
  }
}
