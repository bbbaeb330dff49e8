package dev.cambio.runtime.process;

import java.util.LinkedHashSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One lane of a guest process, which does one thing at a time, with the realms that it is believed
 * to keep and those that it has yet to open. Not thread-safe.
 */
final class GuestLane {
  private final GuestProcess process;
  private final int index;
  private final int contexts;

  /** As the guest keeps them: least recently used out first. */
  private final LinkedHashSet<GuestVersion> open = new LinkedHashSet<>();

  private final LinkedHashSet<GuestVersion> cold = new LinkedHashSet<>();
  private boolean busy;
  private boolean lost;

  /**
   * An idle lane.
   *
   * @param contexts contexts that the lane keeps: more than that is not worth warming
   */
  GuestLane(GuestProcess process, int index, int contexts) {
    this.process = process;
    this.index = index;
    this.contexts = contexts;
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

  /** The version runs here now, so its realm will be open. */
  void uses(GuestVersion version) {
    open.remove(version);
    open.addLast(version);
    if (open.size() > contexts) {
      open.removeFirst();
    }
  }

  /** The version's realm is not open after all. */
  void closed(GuestVersion version) {
    open.remove(version);
  }

  /** Whether the version's realm is believed to be open. */
  boolean keeps(GuestVersion version) {
    return open.contains(version);
  }

  /** Number of realms that are believed to be open. */
  int kept() {
    return open.size();
  }

  /** Number of realms that are to be opened ahead. */
  int cold() {
    return cold.size();
  }

  /** Has the version's realm opened when there is nothing else to do. */
  void chill(GuestVersion version) {
    cold.add(version);
    if (cold.size() > contexts) {
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
