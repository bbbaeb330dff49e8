package dev.cambio.runtime.guest;

import com.sun.management.ThreadMXBean;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.RunEnding;
import dev.cambio.runtime.guest.sandbox.Realm;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Cancels runs that take too long or allocate too much, and sends what lanes have written, so that
 * the node has a hung run's console and commands when it kills the process. What cancelling cannot
 * stop is the node's business.
 */
final class Watchdog {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Ticks on after the last run, so that steady traffic does not wake the thread for each run. */
  private static final int IDLE_TICKS = 50;

  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private final FrameWriter out;
  private volatile @Nullable Thread sleeper;

  private Watchdog(FrameWriter out) {
    this.out = out;
  }

  static Watchdog start(FrameWriter out) {
    Watchdog watchdog = new Watchdog(out);
    Thread.ofPlatform().daemon().name("watchdog").start(watchdog::work);
    return watchdog;
  }

  /** Watches a run of the calling thread. */
  Watch watch(long deadlineNanos, long allocationBytes) {
    long thread = Thread.currentThread().threadId();
    long ceiling = THREADS.getThreadAllocatedBytes(thread) + allocationBytes;
    Watch watch = new Watch(thread, deadlineNanos, ceiling);
    watches.add(watch);
    Thread toWake = sleeper;
    if (toWake != null) {
      LockSupport.unpark(toWake);
    }
    return watch;
  }

  private void work() {
    int idle = 0;
    while (true) {
      if (watches.isEmpty() && ++idle > IDLE_TICKS) {
        sleep();
        idle = 0;
      } else {
        LockSupport.parkNanos(this, TICK_NANOS);
      }
      for (Watch watch : watches) {
        idle = 0;
        watch.check();
      }
      try {
        out.flush();
      } catch (IOException e) {
        Runtime.getRuntime().halt(1);
      }
    }
  }

  private void sleep() {
    sleeper = Thread.currentThread();
    while (watches.isEmpty()) {
      LockSupport.park(this);
    }
    sleeper = null;
  }

  /** One run under watch. */
  final class Watch {
    private final long thread;
    private final long deadlineNanos;
    private final long allocationCeiling;
    private @Nullable Realm realm;
    private @Nullable RunEnding verdict;

    private Watch(long thread, long deadlineNanos, long allocationCeiling) {
      this.thread = thread;
      this.deadlineNanos = deadlineNanos;
      this.allocationCeiling = allocationCeiling;
    }

    /** Names what to cancel. */
    synchronized void guard(Realm toGuard) {
      realm = toGuard;
    }

    /**
     * Ends the watch.
     *
     * @return why the run was cancelled; null if it was not, and then it will not be
     */
    @Nullable RunEnding end() {
      watches.remove(this);
      synchronized (this) {
        realm = null;
        return verdict;
      }
    }

    private synchronized void check() {
      if (realm == null || verdict != null) {
        return;
      }
      if (System.nanoTime() - deadlineNanos >= 0) {
        cancel(realm, RunEnding.TIMED_OUT);
      } else if (THREADS.getThreadAllocatedBytes(thread) > allocationCeiling) {
        cancel(realm, RunEnding.OUT_OF_MEMORY);
      }
    }

    // Cancelling waits for the code to stop, which some code never does.
    private void cancel(Realm toCancel, RunEnding ending) {
      verdict = ending;
      Thread.ofPlatform().daemon().name("cancel").start(toCancel::cancel);
    }
  }
}
