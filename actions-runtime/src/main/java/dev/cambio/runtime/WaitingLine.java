package dev.cambio.runtime;

import dev.cambio.runtime.ActionIntakeVerticle.ActionKey;
import dev.cambio.runtime.ActionIntakeVerticle.Waiting;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Invocations that wait, a line for each Action; the Actions take turns. When there is no room
 * left, the longest line gives way to a shorter one. Not thread-safe.
 */
final class WaitingLine {
  private final int max;

  /** The Action whose turn is next comes first. */
  private final LinkedHashMap<ActionKey, ArrayDeque<Waiting>> lines = new LinkedHashMap<>();

  private int size;

  /**
   * An empty line.
   *
   * @param max invocations that may wait, of all Actions together
   */
  WaitingLine(int max) {
    this.max = max;
  }

  int size() {
    return size;
  }

  /** Whether one more of that Action may wait. */
  boolean hasRoomFor(ActionKey action) {
    return size < max || longest().filter(line -> line.size() > lengthOf(action) + 1).isPresent();
  }

  /**
   * Lets an invocation wait, for which there must be room.
   *
   * @return the one that gives way to it, if one has to
   */
  @Nullable Waiting join(Waiting waiting) {
    Waiting displaced = size < max ? null : longest().map(ArrayDeque::peekLast).orElse(null);
    if (displaced != null) {
      leave(displaced.timer());
    }
    lines.computeIfAbsent(waiting.action(), _ -> new ArrayDeque<>()).add(waiting);
    size++;
    return displaced;
  }

  /** Takes out whoever is next of those Actions that may run. */
  @Nullable Waiting next(Predicate<ActionKey> mayRun) {
    for (Map.Entry<ActionKey, ArrayDeque<Waiting>> line : lines.entrySet()) {
      if (mayRun.test(line.getKey())) {
        Waiting next = line.getValue().remove();
        size--;
        lines.remove(line.getKey());
        if (!line.getValue().isEmpty()) {
          lines.putLast(line.getKey(), line.getValue());
        }
        return next;
      }
    }
    return null;
  }

  /** Takes out the one with that timer, if it still waits. */
  @Nullable Waiting leave(long timer) {
    for (Iterator<ArrayDeque<Waiting>> all = lines.values().iterator(); all.hasNext(); ) {
      ArrayDeque<Waiting> line = all.next();
      for (Iterator<Waiting> entries = line.iterator(); entries.hasNext(); ) {
        Waiting entry = entries.next();
        if (entry.timer() == timer) {
          entries.remove();
          size--;
          if (line.isEmpty()) {
            all.remove();
          }
          return entry;
        }
      }
    }
    return null;
  }

  private Optional<ArrayDeque<Waiting>> longest() {
    return lines.values().stream().max(Comparator.comparingInt(ArrayDeque::size));
  }

  private int lengthOf(ActionKey action) {
    ArrayDeque<Waiting> line = lines.get(action);
    return line == null ? 0 : line.size();
  }
}
