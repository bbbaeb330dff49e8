package dev.cambio.gateway.load;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the heap has room for more work. It is short once a collection of the old generation
 * leaves more than the watermark in use, and has room again when one leaves clearly less. Where
 * nothing collects by itself any more, since no work comes in, it has one made now and then. Safe
 * for use by many threads; asking costs the reading of one field.
 */
public final class HeapHeadroom implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeapHeadroom.class);
  private static final long LOOK_MS = 200;

  /** Looks between two collections that are asked for: five seconds. */
  static final int PATIENCE = 25;

  /** Percentage points below the watermark from which on there is room again. */
  static final int RELIEF = 10;

  private final int watermark;
  private final Supplier<Reading> memory;
  private final Runnable collect;
  private final ScheduledExecutorService looking;
  private volatile boolean full;
  private volatile int percent;
  private long collections;
  private int looks;

  /**
   * What the old generation holds.
   *
   * @param collections of it so far
   * @param kept bytes that the last of them left in use
   * @param used bytes in use now, garbage included
   * @param max bytes that it may have
   */
  public record Reading(long collections, long kept, long used, long max) {
    int percent(long bytes) {
      return (int) (bytes * 100 / max);
    }
  }

  /**
   * Looks only when it is told to.
   *
   * @param watermark percentage of the old generation
   * @param collect has a collection made
   */
  public HeapHeadroom(int watermark, Supplier<Reading> memory, Runnable collect) {
    this.watermark = watermark;
    this.memory = memory;
    this.collect = collect;
    this.looking =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cambio-heap").factory());
  }

  /**
   * Watches the heap of this process.
   *
   * @param watermark percentage of the old generation
   */
  public static HeapHeadroom watch(int watermark) {
    MemoryPoolMXBean old = oldGeneration();
    List<GarbageCollectorMXBean> collectors =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .filter(one -> List.of(old.getMemoryManagerNames()).contains(one.getName()))
            .toList();
    HeapHeadroom headroom = new HeapHeadroom(watermark, () -> reading(old, collectors), System::gc);
    var _ =
        headroom.looking.scheduleWithFixedDelay(
            headroom::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    return headroom;
  }

  private static MemoryPoolMXBean oldGeneration() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(
            pool -> pool.getType() == MemoryType.HEAP && pool.isCollectionUsageThresholdSupported())
        .max(
            Comparator.comparing((MemoryPoolMXBean pool) -> isOld(pool.getName()))
                .thenComparingLong(pool -> pool.getUsage().getMax()))
        .orElseThrow();
  }

  private static boolean isOld(String name) {
    return name.contains("Old") || name.contains("Tenured");
  }

  private static Reading reading(MemoryPoolMXBean old, List<GarbageCollectorMXBean> collectors) {
    long max = old.getUsage().getMax();
    return new Reading(
        collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum(),
        old.getCollectionUsage().getUsed(),
        old.getUsage().getUsed(),
        max > 0 ? max : Runtime.getRuntime().maxMemory());
  }

  /** Whether no more work should be taken on. */
  public boolean isShort() {
    return full;
  }

  /** What the last collection left in use, in percent of the old generation. */
  public int percent() {
    return percent;
  }

  /** Takes a reading and draws the conclusions. */
  public void look() {
    Reading now = memory.get();
    percent = now.percent(now.kept());
    if (full) {
      lookForRelief(now);
    } else if (percent >= watermark) {
      LOG.warn("The heap is short: {} % are in use. New requests are answered 503.", percent);
      full = true;
      collections = now.collections();
      looks = 0;
    }
  }

  private void lookForRelief(Reading now) {
    boolean collected = now.collections() != collections;
    if (now.percent(now.used()) < watermark - RELIEF
        || (collected && percent < watermark - RELIEF)) {
      LOG.info("The heap has room again: {} % are in use", percent);
      full = false;
    } else if (collected) {
      collections = now.collections();
      looks = 0;
    } else if (++looks >= PATIENCE) {
      looks = 0;
      collect.run();
    }
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
