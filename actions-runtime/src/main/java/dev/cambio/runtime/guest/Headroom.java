package dev.cambio.runtime.guest;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * How much room this process has left. The engine offers no account of what one realm keeps, so
 * what is kept is bounded for the process: by what the old generation holds after a collection.
 * Safe for use by many threads.
 */
final class Headroom {
  /** From here on the process is about to end for want of memory. */
  private static final int EXHAUSTED = 90;

  private final MemoryPoolMXBean old = oldGeneration();
  private final int watermark;
  private final List<GarbageCollectorMXBean> collectors = collectorsOf(old);
  private final AtomicBoolean relieving = new AtomicBoolean();
  private final AtomicBoolean drained = new AtomicBoolean();
  private volatile long lastSeen;
  private volatile long heldAtLastSeen;
  private volatile long lastRelieved;

  /**
   * The headroom of this process.
   *
   * @param watermark percentage of the old generation from which on it is short of room
   */
  Headroom(int watermark) {
    this.watermark = watermark;
  }

  /**
   * Whether there was a collection since the last call and it left hardly anything free.
   *
   * @param held bytes that the runs of this moment may hold
   */
  boolean exhausted(LongSupplier held) {
    long now = collections();
    if (now == lastSeen) {
      return false;
    }
    heldAtLastSeen = held.getAsLong();
    lastSeen = now;
    return percent(old.getCollectionUsage().getUsed()) >= EXHAUSTED;
  }

  /** What the old generation holds, garbage that is yet to be collected included, in bytes. */
  long used() {
    return old.getUsage().getUsed();
  }

  /** What a run must have allocated to be held responsible for that, in bytes. */
  long significant() {
    return old.getUsage().getMax() / 8;
  }

  /**
   * Makes room if the last collection left more than the watermark, without what the runs of that
   * moment held: what is idle is given up, and if that is not enough the process wants to be
   * replaced. For the time between two runs.
   *
   * @param giveUp gives up everything that is idle
   * @param held bytes that the runs of this moment may hold
   * @param drain asks for a replacement; called once
   */
  void relieve(Runnable giveUp, LongSupplier held, Runnable drain) {
    long now = collections();
    long gone = now == lastSeen ? heldAtLastSeen : 0;
    if (now == lastRelieved
        || !isShort(old.getCollectionUsage().getUsed() - gone)
        || !relieving.compareAndSet(false, true)) {
      return;
    }
    try {
      giveUp.run();
      // Whether that was enough only a collection can tell.
      System.gc();
      lastRelieved = collections();
      if (isShort(used() - held.getAsLong()) && drained.compareAndSet(false, true)) {
        drain.run();
      }
    } finally {
      relieving.set(false);
    }
  }

  private long collections() {
    return collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
  }

  private boolean isShort(long used) {
    return percent(used) >= watermark;
  }

  private long percent(long used) {
    MemoryUsage usage = old.getUsage();
    return used * 100 / (usage.getMax() > 0 ? usage.getMax() : usage.getCommitted());
  }

  private static List<GarbageCollectorMXBean> collectorsOf(MemoryPoolMXBean pool) {
    List<String> names = List.of(pool.getMemoryManagerNames());
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(collector -> names.contains(collector.getName()))
        .toList();
  }

  // Only the pool that survivors are moved to has a threshold of its own.
  private static MemoryPoolMXBean oldGeneration() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
        .findFirst()
        .orElseThrow();
  }
}
