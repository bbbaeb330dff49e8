package dev.cambio.runtime.process;

import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Versions that have cost a lane or a process lately. Not thread-safe. */
final class Suspects {
  private static final long NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int MAX = 1000;

  private final LongSupplier nanoTime;
  private final LinkedHashMap<GuestVersion, Long> since = new LinkedHashMap<>();

  Suspects(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void add(GuestVersion version) {
    since.putLast(version, nanoTime.getAsLong());
    if (since.size() > MAX) {
      since.pollFirstEntry();
    }
  }

  boolean contains(GuestVersion version) {
    Long at = since.get(version);
    if (at == null) {
      return false;
    }
    boolean lately = nanoTime.getAsLong() - at < NANOS;
    if (!lately) {
      since.remove(version);
    }
    return lately;
  }
}
