package dev.cambio.runtime.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The versions that requests may run, by when they were used last, and which of them are known to
 * load well. Not thread-safe.
 */
final class WarmVersions {
  /** Beyond any node that could keep them warm; what is forgotten is only not warmed. */
  private static final int MAX = 10_000;

  private final int capacity;
  private final LinkedHashMap<GuestVersion, Boolean> known = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<GuestVersion, Boolean> loadsWell = new HashMap<>();

  /**
   * The versions of a node.
   *
   * @param capacity how many of them one lane keeps
   */
  WarmVersions(int capacity) {
    this.capacity = capacity;
  }

  /** Takes the place of what was known of the tenant; the most important comes first. */
  void deployed(String tenant, List<GuestVersion> versions) {
    Set<GuestVersion> gone = new HashSet<>(known.keySet());
    gone.removeIf(version -> !version.tenant().equals(tenant));
    versions.forEach(gone::remove);
    known.keySet().removeAll(gone);
    for (GuestVersion version : versions.reversed()) {
      if (!known.containsKey(version)) {
        known.put(version, true);
      }
    }
    while (known.size() > MAX) {
      known.pollFirstEntry();
    }
    loadsWell.keySet().retainAll(known.keySet());
  }

  /** A request has run the version. */
  void used(GuestVersion version) {
    known.get(version);
  }

  /** Whether its realm may be opened ahead. */
  boolean isGood(GuestVersion version) {
    return loadsWell.getOrDefault(version, false);
  }

  /** Whether it may be run and nobody knows how it loads. */
  boolean isUntried(GuestVersion version) {
    return known.containsKey(version) && !loadsWell.containsKey(version);
  }

  /** Notes how the version loaded. */
  void tried(GuestVersion version, boolean well) {
    if (known.containsKey(version)) {
      loadsWell.put(version, well);
    }
  }

  /** How many of those that matter have not been tried. */
  int countUntried() {
    return recent(version -> !loadsWell.containsKey(version)).size();
  }

  /** The version to be tried next, if one of those that matter has not been tried. */
  @Nullable GuestVersion untried() {
    List<GuestVersion> untried = recent(version -> !loadsWell.containsKey(version));
    return untried.isEmpty() ? null : untried.getLast();
  }

  /** Those that a lane should have warm, the most important last. */
  List<GuestVersion> good() {
    return recent(this::isGood);
  }

  private List<GuestVersion> recent(Predicate<GuestVersion> wanted) {
    List<GuestVersion> recent = new ArrayList<>();
    int seen = 0;
    for (GuestVersion version : known.sequencedKeySet().reversed()) {
      boolean bad = !loadsWell.getOrDefault(version, true);
      if (!bad && ++seen > capacity) {
        break;
      }
      if (wanted.test(version)) {
        recent.addFirst(version);
      }
    }
    return recent;
  }
}
