package dev.cambio.runtime.guest;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** The timers of one run, in the order in which they are due. */
final class Timers {
  private static final double MAX_DELAY_MS = Integer.MAX_VALUE;

  /** Longer ago than any timer of a run can have been due. */
  private static final long FIRST = TimeUnit.DAYS.toNanos(1);

  private final PriorityQueue<Timer> queue = new PriorityQueue<>();
  private final Map<Integer, Timer> byId = new HashMap<>();
  private final int maxOpen;
  private int lastId;

  Timers(int maxOpen) {
    this.maxOpen = maxOpen;
  }

  private record Timer(long due, int id) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      int order = Long.signum(due - other.due);
      return order != 0 ? order : Integer.compare(id, other.id);
    }
  }

  /**
   * Starts a timer; 0 when there are too many.
   *
   * @param delayMs none for what is to come after all that is due, negative for what is to come
   *     first
   */
  int start(long now, double delayMs) {
    if (byId.size() >= maxOpen) {
      return 0;
    }
    long delay = delayMs < 0 ? -FIRST : (long) (Math.min(delayMs, MAX_DELAY_MS) * 1_000_000);
    Timer timer = new Timer(now + delay, ++lastId);
    queue.add(timer);
    byId.put(timer.id(), timer);
    return timer.id();
  }

  void clear(int id) {
    Timer timer = byId.remove(id);
    if (timer != null) {
      queue.remove(timer);
    }
  }

  /** Takes the timer that is due first; 0 if none is due. */
  int pollDue(long now) {
    Timer first = queue.peek();
    if (first == null || first.due() - now > 0) {
      return 0;
    }
    queue.remove();
    byId.remove(first.id());
    return first.id();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Time until the next timer is due; a day when there is none. */
  long nanosToNext(long now) {
    Timer first = queue.peek();
    return first == null ? TimeUnit.DAYS.toNanos(1) : Math.max(0, first.due() - now);
  }
}
