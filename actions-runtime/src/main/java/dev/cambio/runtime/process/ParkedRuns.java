package dev.cambio.runtime.process;

import java.util.HashMap;
import java.util.Map;

/**
 * Which runs of which guest process wait for something without a lane, and what they may hold of
 * the heap meanwhile: not more than a part of it, and one tenant not more than half of that part.
 * Not thread-safe.
 */
final class ParkedRuns {
  /** What a context takes, with the engine's share of it. */
  private static final long CONTEXT_BYTES = 1024 * 1024;

  private final long most;
  private final Map<Object, Parked> runs = new HashMap<>();

  private record Parked(GuestProcess process, String tenant, long bytes) {}

  /**
   * No runs yet.
   *
   * @param most bytes of one process that they may hold
   */
  ParkedRuns(long most) {
    this.most = most;
  }

  /**
   * Whether one more has room.
   *
   * @param mayHold bytes that it has allocated, which is what it holds at most besides its context
   */
  boolean hasRoomFor(GuestProcess process, String tenant, long mayHold) {
    long all = mayHold + CONTEXT_BYTES;
    long tenants = all;
    for (Parked run : runs.values()) {
      if (run.process() == process) {
        all += run.bytes();
        tenants += run.tenant().equals(tenant) ? run.bytes() : 0;
      }
    }
    return all <= most && tenants <= most / 2;
  }

  void add(Object run, GuestProcess process, String tenant, long mayHold) {
    runs.put(run, new Parked(process, tenant, mayHold + CONTEXT_BYTES));
  }

  void remove(Object run) {
    runs.remove(run);
  }
}
