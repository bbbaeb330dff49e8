package dev.cambio.runtime.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The lanes of guest processes and which of them do nothing. Not thread-safe. */
final class Lanes {
  private final Map<GuestProcess, List<GuestLane>> all = new LinkedHashMap<>();

  /** The lane used last has the warmest realms, so it comes first. */
  private final ArrayDeque<GuestLane> idle = new ArrayDeque<>();

  private final int perProcess;
  private final int contexts;

  /**
   * No lanes yet.
   *
   * @param contexts contexts that a lane keeps
   */
  Lanes(int perProcess, int contexts) {
    this.perProcess = perProcess;
    this.contexts = contexts;
  }

  /** Adds a process with versions that its lanes should open ahead, the most important last. */
  void add(GuestProcess process, List<GuestVersion> cold) {
    List<GuestLane> lanes = new ArrayList<>();
    for (int index = 0; index < perProcess; index++) {
      GuestLane lane = new GuestLane(process, index, contexts);
      cold.forEach(lane::chill);
      lanes.add(lane);
    }
    all.put(process, lanes);
    idle.addAll(lanes);
  }

  void remove(GuestProcess process) {
    all.remove(process);
    idle.removeIf(lane -> lane.process() == process);
  }

  Stream<GuestLane> all() {
    return all.values().stream().flatMap(List::stream);
  }

  /**
   * Takes an idle lane of one of those processes: one that has the version's realm open, or else
   * one that keeps few, so that together they keep many.
   */
  @Nullable GuestLane take(Predicate<GuestProcess> of, GuestVersion version) {
    GuestLane best = null;
    for (GuestLane lane : idle) {
      if (!of.test(lane.process())) {
        continue;
      }
      if (lane.keeps(version)) {
        return taken(lane);
      }
      if (best == null || lane.kept() < best.kept()) {
        best = lane;
      }
    }
    return best == null ? null : taken(best);
  }

  /**
   * Takes an idle lane of the process for a run that brings its realm: one that does not have the
   * version open, if there is one.
   */
  @Nullable GuestLane takeAnother(GuestProcess process, GuestVersion version) {
    GuestLane best = null;
    for (GuestLane lane : idle) {
      if (lane.process() == process && (best == null || !lane.keeps(version))) {
        best = lane;
        if (!lane.keeps(version)) {
          break;
        }
      }
    }
    return best == null ? null : taken(best);
  }

  /** Takes an idle lane that has a realm to open ahead. */
  @Nullable GuestLane takeCold(Predicate<GuestProcess> of) {
    for (GuestLane lane : idle) {
      if (lane.cold() > 0 && of.test(lane.process())) {
        return taken(lane);
      }
    }
    return null;
  }

  private GuestLane taken(GuestLane lane) {
    idle.remove(lane);
    lane.busy(true);
    return lane;
  }

  void giveBack(GuestLane lane) {
    lane.busy(false);
    if (!lane.lost() && all.containsKey(lane.process())) {
      idle.addFirst(lane);
    }
  }

  /** Whether the process has a lane that could still run something. */
  boolean usable(GuestProcess process) {
    return all.getOrDefault(process, List.of()).stream().anyMatch(lane -> !lane.lost());
  }

  boolean anyLost(GuestProcess process) {
    return all.getOrDefault(process, List.of()).stream().anyMatch(GuestLane::lost);
  }

  boolean busy(GuestProcess process) {
    return all.getOrDefault(process, List.of()).stream().anyMatch(GuestLane::busy);
  }
}
