package dev.cambio.gateway.weather;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The course of one scenario: when it struck, from when on it is measured, and what was noted. */
final class Storm {
  private static final Duration POLL = Duration.ofMillis(100);

  private final List<String> notes = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private final List<String> late = new ArrayList<>();
  private long struckAt = System.nanoTime();
  private long measuredFrom = struckAt;

  /** Does harm; from now on it is measured. */
  void strike(Runnable harm) {
    struckAt = System.nanoTime();
    measuredFrom = struckAt;
    harm.run();
  }

  /** The harm is over; it is measured from now on, since nothing could be done before. */
  void measureFromNow() {
    measuredFrom = System.nanoTime();
  }

  /** Lets time pass. */
  void lasts(int seconds) {
    LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
  }

  /**
   * Waits until something holds.
   *
   * @param limit what is promised on a machine of its own
   * @param patience beyond which it is a fault on any machine
   */
  void until(String what, Duration limit, Duration patience, BooleanSupplier holds) {
    long since = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - since > patience.toNanos()) {
        broken.add(what + ": not within " + patience.toSeconds() + " s");
        notes.add(what + ": never");
        return;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    Duration took = Duration.ofNanos(System.nanoTime() - since);
    note(what, took);
    if (took.compareTo(limit) > 0) {
      late.add("%s: after %s, promised %s".formatted(what, text(took), text(limit)));
    }
  }

  void note(String what, Duration took) {
    notes.add(what + ": " + text(took));
  }

  void note(String what) {
    notes.add(what);
  }

  /** Something that is wrong on any machine. */
  void require(boolean holds, String otherwise) {
    if (!holds) {
      broken.add(otherwise);
    }
  }

  /** Something that is promised for a machine of its own. */
  void promise(boolean holds, String otherwise) {
    if (!holds) {
      late.add(otherwise);
    }
  }

  long struckAt() {
    return struckAt;
  }

  long measuredFrom() {
    return measuredFrom;
  }

  List<String> notes() {
    return notes;
  }

  List<String> broken() {
    return broken;
  }

  List<String> late() {
    return late;
  }

  static String text(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
