package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.RunLimits;
import dev.cambio.runtime.guest.sandbox.Realm;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Cancels runs that go beyond a limit, tells the node of those that do not stop, and sends what
 * lanes have written, so that the node has a hung run's console and commands when it kills the
 * process.
 */
final class Watchdog {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Ticks on after the last run, so that steady traffic does not wake the thread for each run. */
  private static final int IDLE_TICKS = 50;

  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private final FrameWriter out;
  private final Headroom headroom;
  private final RunLimits limits;
  private final long graceNanos;
  private volatile @Nullable Thread sleeper;

  /** The run that the node was last told of; confined to the watchdog's thread. */
  private @Nullable Watch greediest;

  private Watchdog(FrameWriter out, Headroom headroom, RunLimits limits, long graceMs) {
    this.out = out;
    this.headroom = headroom;
    this.limits = limits;
    this.graceNanos = TimeUnit.MILLISECONDS.toNanos(graceMs);
  }

  /**
   * Starts the only watchdog of the process.
   *
   * @param graceMs time in which a cancelled run has to stop
   */
  static Watchdog start(FrameWriter out, Headroom headroom, RunLimits limits, long graceMs) {
    Watchdog watchdog = new Watchdog(out, headroom, limits, graceMs);
    Thread.ofPlatform().daemon().name("watchdog").start(watchdog::work);
    return watchdog;
  }

  /**
   * Watches a run of the calling thread.
   *
   * @param watched is told what becomes of it
   */
  Watch watch(long budgetMs, Watched watched) {
    Watch watch = new Watch(budgetMs, watched);
    watches.add(watch);
    Thread toWake = sleeper;
    if (toWake != null) {
      LockSupport.unpark(toWake);
    }
    return watch;
  }

  /** What the runs of this moment can hold of the heap at most, in bytes. */
  long heldByRuns() {
    return watches.stream().mapToLong(Watch::allocatedBytes).sum();
  }

  /** A run, which hears on the watchdog's thread what the node has to know of it. */
  interface Watched {
    /** It was cancelled and does not stop; told once. */
    void stuck(Verdict verdict, Usage usage) throws IOException;

    /** It is cancelled while it is paused, and has to be told. */
    void wake();

    /** It has allocated more than the others, and so much that the process may end for it. */
    void greediest();
  }

  /**
   * What a run has used so far.
   *
   * @param cpuMicros CPU time of its thread
   * @param allocatedBytes garbage included
   */
  record Usage(long cpuMicros, long allocatedBytes) {}

  private void work() {
    int idle = 0;
    while (true) {
      if (watches.isEmpty() && ++idle > IDLE_TICKS) {
        sleep();
        idle = 0;
      } else {
        LockSupport.parkNanos(this, TICK_NANOS);
      }
      try {
        for (Watch watch : watches) {
          idle = 0;
          watch.check();
        }
        findGreediest();
        out.flush();
      } catch (IOException e) {
        Runtime.getRuntime().halt(1);
      }
    }
  }

  // Better the run that took most ends than that the process ends with all of them. Where it comes
  // to that, the node knows whom to blame.
  private void findGreediest() {
    Watch found =
        watches.stream()
            .filter(watch -> watch.allocatedBytes() >= headroom.significant())
            .max(Comparator.comparingLong(Watch::allocatedBytes))
            .orElse(null);
    boolean exhausted = headroom.exhausted(this::heldByRuns);
    if (found != null && found != greediest) {
      found.watched.greediest();
    }
    if (found != null && exhausted) {
      found.exceed(Verdict.heap());
    } else if (found != null && found.retainedBytes() > limits.retainedBytes()) {
      found.exceed(Verdict.retained(limits));
    }
    greediest = found;
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
    private volatile ThreadUsage used = ThreadUsage.begin();
    private final long usedAtStart = headroom.used();
    private final long budgetMs;
    private final long deadline;
    private final Watched watched;
    private volatile long cpuAtTurn;
    private @Nullable Realm realm;
    private @Nullable Verdict verdict;
    private long cancelledAt;
    private boolean reported;
    private boolean paused;
    private long cpuAtPause;
    private long allocatedAtPause;

    private Watch(long budgetMs, Watched watched) {
      this.budgetMs = budgetMs;
      this.deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(budgetMs);
      this.watched = watched;
    }

    /** {@link System#nanoTime} at which the run's time is up. */
    long deadline() {
      return deadline;
    }

    Verdict late() {
      return Verdict.late(budgetMs);
    }

    /** Names what to cancel. */
    synchronized void guard(Realm toGuard) {
      realm = toGuard;
    }

    /** A new turn begins; to be called by the run's thread. */
    void turn() {
      cpuAtTurn = used.cpuNanos();
    }

    /**
     * The run gives its thread to others. Only the node looks at its time until it goes on.
     *
     * @return false if it is cancelled, and so has nothing to wait for
     */
    synchronized boolean pause() {
      cpuAtPause = used.cpuNanos();
      allocatedAtPause = used.ownAllocatedBytes();
      used = ThreadUsage.begin(cpuAtPause, allocatedAtPause);
      paused = verdict == null;
      return paused;
    }

    /**
     * The run goes on, on the calling thread.
     *
     * @return false if it was cancelled meanwhile
     */
    synchronized boolean resume() {
      used = ThreadUsage.begin(cpuAtPause, allocatedAtPause);
      paused = verdict != null;
      return !paused;
    }

    synchronized boolean isCancelled() {
      return verdict != null;
    }

    /** The run has gone beyond a limit, and is cancelled. */
    synchronized void exceed(Verdict why) {
      if (realm == null || verdict != null) {
        return;
      }
      if (paused) {
        watched.wake();
      }
      verdict = why;
      cancelledAt = System.nanoTime();
      // Cancelling waits for the code to stop, which some code never does.
      Thread.ofPlatform().daemon().name("cancel").start(realm::cancel);
    }

    /**
     * Ends the watch.
     *
     * @return why the run was cancelled; null if it was not, and then it will not be
     */
    @Nullable Verdict end() {
      watches.remove(this);
      synchronized (this) {
        realm = null;
        return verdict;
      }
    }

    /** What the run has used, for its own thread to ask. */
    Usage usage() {
      return new Usage(used.cpuNanos() / 1000, used.ownAllocatedBytes());
    }

    private long allocatedBytes() {
      return used.allocatedBytes();
    }

    /** What the run holds at most, as far as the collector has found it to live on. */
    private long retainedBytes() {
      return Math.min(allocatedBytes(), headroom.used() - usedAtStart);
    }

    private synchronized void check() throws IOException {
      if (realm == null || paused) {
        return;
      }
      used.read();
      if (verdict == null) {
        Verdict found = judge();
        if (found != null) {
          exceed(found);
        }
      } else if (!reported && System.nanoTime() - cancelledAt >= graceNanos) {
        reported = true;
        watched.stuck(verdict, new Usage(used.cpuNanos() / 1000, allocatedBytes()));
      }
    }

    private @Nullable Verdict judge() {
      long cpu = used.cpuNanos();
      if (System.nanoTime() - deadline >= 0) {
        return late();
      }
      if (allocatedBytes() > limits.allocationBytes()) {
        return Verdict.allocation(limits);
      }
      if (cpu - cpuAtTurn > TimeUnit.MILLISECONDS.toNanos(limits.turnCpuMs())) {
        return Verdict.turn(limits);
      }
      return cpu > TimeUnit.MILLISECONDS.toNanos(limits.cpuMs()) ? Verdict.cpu(limits) : null;
    }
  }
}
