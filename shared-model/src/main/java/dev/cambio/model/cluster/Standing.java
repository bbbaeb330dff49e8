package dev.cambio.model.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * What a member makes of those that it has lost: whether it stands for the cluster, or others do
 * and it should not be sent requests until it is one of them again. Members that nobody has heard
 * of for a minute are taken to be gone, as those are whose port is closed. Safe for use by many
 * threads.
 */
final class Standing {
  /** After a pause as long as this, others may have gone on without this member. */
  static final Duration PAUSE = Duration.ofSeconds(4);

  /** By then members that others have removed have heard of it. */
  private static final Duration CONFIRMED = Duration.ofSeconds(4);

  private static final Duration GONE = Duration.ofMinutes(1);

  private final LongSupplier nanos;
  private final Map<String, Long> lost = new LinkedHashMap<>();
  private Duration pause = Duration.ZERO;
  private long resumedAt;
  private int others;
  private boolean merging;

  /**
   * Of a member that has lost nobody yet.
   *
   * @param nanos a clock that only goes forwards
   */
  Standing(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Those are the other members that keep data, by address. */
  synchronized void members(Collection<String> addresses) {
    others = addresses.size();
    lost.keySet().removeAll(addresses);
  }

  /** A member that keeps data is none any more. */
  synchronized void lost(String address) {
    lost.put(address, nanos.getAsLong());
  }

  /** What was lost has ended, rather than being out of reach. */
  synchronized void gone(String address) {
    lost.remove(address);
  }

  synchronized List<String> missing() {
    return List.copyOf(lost.keySet());
  }

  /** This process did not run for that long. */
  synchronized void paused(Duration time) {
    if (others > 0 || !lost.isEmpty()) {
      pause = time;
      resumedAt = nanos.getAsLong();
    }
  }

  /** It is leaving its part of the cluster for a larger one. */
  synchronized void merging() {
    merging = true;
  }

  /** It has joined the others again, and what it kept is with theirs. */
  synchronized void merged() {
    merging = false;
    lost.clear();
    pause = Duration.ZERO;
  }

  /** It could not. */
  synchronized void mergeFailed() {
    merging = false;
  }

  /** How it stands now. */
  synchronized View view() {
    long now = nanos.getAsLong();
    lost.values().removeIf(since -> now - since > GONE.toNanos());
    int all = others + 1 + lost.size();
    boolean alone = others == 0 && !lost.isEmpty();
    boolean unsure = others > 0 && now - resumedAt < CONFIRMED.toNanos();
    if (!pause.isZero() && !alone && !unsure) {
      pause = Duration.ZERO;
    }
    if (merging) {
      return down("merging with the larger part of the cluster");
    }
    if (!pause.isZero()) {
      String what = alone ? "alone" : "not yet sure to be a member";
      return down("%s after a pause of %d s".formatted(what, pause.toSeconds()));
    }
    if (lost.size() > others + 1) {
      return down("one of the smaller part: %d of %d members".formatted(others + 1, all));
    }
    return new View(true, !lost.isEmpty(), "", sorted());
  }

  private View down(String reason) {
    return new View(false, true, reason, sorted());
  }

  private List<String> sorted() {
    return List.copyOf(new TreeSet<>(lost.keySet()));
  }

  /**
   * A view.
   *
   * @param stands whether it should be sent requests
   * @param degraded whether members are out of reach
   * @param reason why it should not; empty otherwise
   * @param missing addresses of those out of reach
   */
  record View(boolean stands, boolean degraded, String reason, List<String> missing) {}
}
