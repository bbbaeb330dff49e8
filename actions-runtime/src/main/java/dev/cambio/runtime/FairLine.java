package dev.cambio.runtime;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait. Tenants take turns, within a tenant its Actions, within an Action its clients;
 * within a client who came first goes first, and a run that has begun before one that has not. When
 * there is no room left, the longest line gives way to a shorter one. Not thread-safe.
 *
 * @param <T> who waits; no two are equal
 */
final class FairLine<T> {
  private final int max;
  private final Group<T> all = new Group<>(null);

  /**
   * An empty line.
   *
   * @param max how many may wait to begin; those that have begun always may
   */
  FairLine(int max) {
    this.max = max;
  }

  /** How many wait to begin. */
  int size() {
    return all.size();
  }

  /** Whether one more may wait to begin. */
  boolean hasRoomFor(Claimant who) {
    return size() < max || (max > 0 && all.longerThan(path(who)) != null);
  }

  /**
   * Lets one wait to begin, for which there must be room.
   *
   * @return the one that gives way to it, if one has to
   */
  @Nullable T join(Claimant who, T waiting) {
    Group<T> longest = size() < max ? null : all.longerThan(path(who));
    T displaced = longest == null ? null : longest.toBegin.pollLast();
    all.client(who).toBegin.add(waiting);
    all.prune();
    return displaced;
  }

  /** Lets one wait to go on. */
  void rejoin(Claimant who, T waiting) {
    all.client(who).toGoOn.add(waiting);
  }

  /**
   * Takes out whoever is next.
   *
   * @param mayGoOn of those who have begun
   * @param mayBegin of those who have not
   */
  @Nullable T next(Predicate<Claimant> mayGoOn, Predicate<Claimant> mayBegin) {
    return all.next(mayGoOn, mayBegin);
  }

  /** Takes that one out; false if it does not wait. */
  boolean leave(Claimant who, T waiting) {
    Group<T> line = all.client(who);
    boolean waited =
        line.toBegin.removeIf(waiting::equals) || line.toGoOn.removeIf(waiting::equals);
    all.prune();
    return waited;
  }

  private static List<String> path(Claimant who) {
    return List.of(who.tenant(), who.action(), who.client());
  }

  /** Everybody, a tenant, one of its Actions, or a client of that, who alone has lines. */
  private static final class Group<T> {
    private final @Nullable Claimant client;
    private final ArrayDeque<T> toGoOn = new ArrayDeque<>();
    private final ArrayDeque<T> toBegin = new ArrayDeque<>();

    /** Whose turn is next comes first. */
    private final LinkedHashMap<String, Group<T>> parts = new LinkedHashMap<>();

    private Group(@Nullable Claimant client) {
      this.client = client;
    }

    int size() {
      return toBegin.size() + parts.values().stream().mapToInt(Group::size).sum();
    }

    private boolean isEmpty() {
      return toBegin.isEmpty() && toGoOn.isEmpty() && parts.isEmpty();
    }

    void prune() {
      parts.values().forEach(Group::prune);
      parts.values().removeIf(Group::isEmpty);
    }

    Group<T> client(Claimant who) {
      return parts
          .computeIfAbsent(who.tenant(), _ -> new Group<>(null))
          .parts
          .computeIfAbsent(who.action(), _ -> new Group<>(null))
          .parts
          .computeIfAbsent(who.client(), _ -> new Group<>(who));
    }

    /** The client that gives way to one more on that path; null if nobody has to. */
    @Nullable Group<T> longerThan(List<String> path) {
      if (path.isEmpty()) {
        return null;
      }
      Group<T> own = parts.get(path.getFirst());
      int length = own == null ? 0 : own.size();
      Group<T> longest = longest();
      if (longest != null && longest.size() > length + 1) {
        return longest.longestClient();
      }
      // Its own is among the longest: those of its own group are to give way.
      boolean among = longest != null && longest.size() == length;
      return own == null || !among ? null : own.longerThan(path.subList(1, path.size()));
    }

    private Group<T> longestClient() {
      Group<T> longest = longest();
      return longest == null ? this : longest.longestClient();
    }

    private @Nullable Group<T> longest() {
      Group<T> longest = null;
      for (Group<T> part : parts.values()) {
        if (longest == null || part.size() > longest.size()) {
          longest = part;
        }
      }
      return longest;
    }

    @Nullable T next(Predicate<Claimant> mayGoOn, Predicate<Claimant> mayBegin) {
      if (client != null) {
        return nextOf(client, mayGoOn, mayBegin);
      }
      for (Iterator<Map.Entry<String, Group<T>>> turns = parts.entrySet().iterator();
          turns.hasNext(); ) {
        Map.Entry<String, Group<T>> turn = turns.next();
        T next = turn.getValue().next(mayGoOn, mayBegin);
        if (next != null) {
          turns.remove();
          if (!turn.getValue().isEmpty()) {
            parts.putLast(turn.getKey(), turn.getValue());
          }
          return next;
        }
      }
      return null;
    }

    private @Nullable T nextOf(
        Claimant who, Predicate<Claimant> mayGoOn, Predicate<Claimant> mayBegin) {
      if (!toGoOn.isEmpty() && mayGoOn.test(who)) {
        return toGoOn.poll();
      }
      return !toBegin.isEmpty() && mayBegin.test(who) ? toBegin.poll() : null;
    }
  }
}
