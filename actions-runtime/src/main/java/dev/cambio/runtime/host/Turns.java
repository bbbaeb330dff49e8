package dev.cambio.runtime.host;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Lets each of many have a few of something at a time, so that no one of them has all; who wants
 * more than that waits for its own to come back. Confined to one event loop; what is entered leaves
 * there too.
 */
final class Turns {
  private final int most;
  private final Map<String, Integer> entered = new HashMap<>();
  private final Map<String, Queue<Runnable>> waiting = new HashMap<>();

  /**
   * Nobody has any.
   *
   * @param most how many each may have
   */
  Turns(int most) {
    this.most = most;
  }

  /** Calls back when there is one for that one, which is at once if it has not too many. */
  void enter(String who, Runnable then) {
    if (entered.getOrDefault(who, 0) >= most) {
      waiting.computeIfAbsent(who, _ -> new ArrayDeque<>()).add(then);
      return;
    }
    entered.merge(who, 1, Integer::sum);
    then.run();
  }

  /** Gives one back that was entered, to whoever of the same waits. */
  void leave(String who) {
    Queue<Runnable> line = waiting.get(who);
    Runnable next = line == null ? null : line.poll();
    if (line != null && line.isEmpty()) {
      waiting.remove(who);
    }
    if (next != null) {
      next.run();
    } else {
      entered.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Whether nobody has any and nobody waits. */
  boolean isIdle() {
    return entered.isEmpty() && waiting.isEmpty();
  }
}
