package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionEnding;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guest processes of this node: a fixed number that serve and one warm spare. A process that
 * ends, or that a run has taken a lane of, is replaced by the spare at once, and the spare by a new
 * process. Safe for use by many threads.
 */
public final class GuestProcesses implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GuestProcesses.class);
  private static final RunReport NO_PROCESS =
      RunReport.of(ActionEnding.UNAVAILABLE, "No guest process is ready");

  private static final int NO_LANE = -1;

  /** How long a run waits where no process serves: the spare takes over in less. */
  private static final long NONE_SERVES_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** What a run has at least that must begin anew: its own time may have gone by with the other. */
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final GuestLaunch launch;
  private final GuestMeters meters;
  private final Warmer warmer;
  private final ScheduledThreadPoolExecutor supervisor = supervisor();
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final Semaphore repeats = new Semaphore(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition laneFree = lock.newCondition();
  private final Condition laneCold = lock.newCondition();

  private volatile Standing standing;

  // Everything below is guarded by the lock.
  private final Fleet fleet;
  private final Lanes lanes;
  private final WarmVersions versions;
  private final Suspects suspects = new Suspects(System::nanoTime);
  private final SpareWait spareWait = new SpareWait(System::nanoTime);
  private final ParkedRuns parked;
  private final GuestStarter starter;
  private boolean closed;
  private boolean keepsSpare;
  private boolean makesCache;
  private SelfTest.@Nullable Report selfTest;

  /**
   * Prepares the processes; {@link #start} starts them.
   *
   * @param count number of processes that serve
   * @param grace time that a run may take beyond its budget before it is given up
   * @param parkedBytes what the parked runs of one process may hold of its heap; 0 to park none
   * @param sources finds the source of a version to be opened ahead; may block, null when it cannot
   *     be had
   */
  public GuestProcesses(
      GuestLaunch launch,
      int count,
      Duration grace,
      long parkedBytes,
      MeterRegistry registry,
      Function<GuestVersion, @Nullable String> sources) {
    this.launch = launch;
    int contexts = launch.limits().contextsPerLane();
    this.standing = new Standing(count, count, 0);
    this.lanes = new Lanes(launch.limits().lanes(), contexts);
    this.versions = new WarmVersions(contexts);
    this.parked = new ParkedRuns(parkedBytes);
    this.meters = new GuestMeters(registry);
    this.warmer = new Warmer(this, sources);
    this.starter = new GuestStarter(launch, grace, meters, supervisor, lock, owner());
    this.fleet = new Fleet(count, lanes, supervisor, laneFree::signalAll, starter::start);
  }

  /**
   * What can be said about the processes.
   *
   * @param retiring those that take no more runs and end with the last that they have
   * @param replaced how many that served have been replaced
   * @param cold realms of deployed versions that are yet to be opened ahead
   * @param tampered runs that changed globals or intrinsics, for which a context was replaced
   * @param selfTest what the self-test of the start has seen to hold; null without one
   */
  public record Health(
      int serving,
      int wanted,
      boolean spare,
      int retiring,
      int replaced,
      int cold,
      int tampered,
      String javascript,
      GuestProtection protection,
      SelfTest.@Nullable Report selfTest) {}

  /**
   * Finds out what the kernel allows and starts the processes that serve. Blocks for a moment; the
   * future completes when each can run code.
   */
  public CompletableFuture<Void> start() {
    Isolation probed = Isolation.probe();
    meters.watch(this);
    locked(
        () -> {
          starter.isolate(probed);
          starter.start();
        });
    warmer.start();
    return started;
  }

  /**
   * Has a spare kept from then on.
   *
   * @param after when to start the first: with the rest of the node it would only take the
   *     processors from it
   */
  public void keepSpare(Duration after) {
    var _ =
        supervisor.schedule(
            () ->
                locked(
                    () -> {
                      keepsSpare = true;
                      starter.start();
                    }),
            after.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /**
   * Fires each limit once, in a process of its own. Blocks for a second or two. To be called after
   * the start.
   *
   * @throws IOException naming the limit that does not hold, and its setting
   */
  public void selfTest() throws IOException, InterruptedException {
    SelfTest.Report report = SelfTest.run(locked(starter::another));
    locked(
        () -> {
          selfTest = report;
        });
  }

  /**
   * What others need to know to choose this node.
   *
   * @param cold as in {@link Health}
   */
  public record Standing(int serving, int wanted, int cold) {}

  /** How the processes stand, or stood if that is being changed right now. Does not block. */
  public Standing standing() {
    if (lock.tryLock()) {
      try {
        standing = new Standing(fleet.alive(), fleet.wanted(), cold());
      } finally {
        lock.unlock();
      }
    }
    return standing;
  }

  private int cold() {
    return lanes.all().mapToInt(GuestLane::cold).sum() + versions.countUntried();
  }

  public Health health() {
    return locked(
        () ->
            new Health(
                fleet.alive(),
                fleet.wanted(),
                fleet.hasSpare(),
                fleet.retiring(),
                fleet.replaced(),
                cold(),
                fleet.tampered(),
                said().map(GuestProcess.Ready::javascript).orElse("none"),
                starter.protection(),
                selfTest));
  }

  /** Packages that every Action may require; empty before the start. */
  public List<String> packages() {
    return locked(() -> said().map(GuestProcess.Ready::packages).orElse(List.of()));
  }

  /** Process ids, those that serve first, then the spare. */
  public List<Long> pids() {
    return locked(() -> all().map(GuestProcess::pid).toList());
  }

  /**
   * Runs code in a process that serves, and once more in another if the first goes and the run had
   * no effects. Blocks, at most for the budget plus the grace, and a second more if it has to begin
   * anew.
   *
   * @param slot the run's, which it holds; it may have been given up when the run has ended
   */
  public RunReport run(GuestCall call, GuestServices services, RunSlot slot) {
    long deadline = System.nanoTime() + call.budget().toNanos();
    return switch (attempt(call, services, slot, deadline)) {
      case Attempt.Ended(RunReport report) -> report;
      case Attempt.Blamed blamed -> blamed.report();
      case Attempt.Undone _ ->
          repeat(call, services, slot, Math.max(deadline, inTime(AGAIN, call)));
      case Attempt.NotBegun _ -> NO_PROCESS;
    };
  }

  /** When that time is over, or the run's whole budget if it is shorter. */
  private static long inTime(Duration time, GuestCall call) {
    return System.nanoTime() + Math.min(time.toNanos(), call.budget().toNanos());
  }

  // One at a time: of the runs that a process ended under, the one that ended it ends the next one
  // too, and must not take the others with it again.
  private RunReport repeat(GuestCall call, GuestServices services, RunSlot slot, long deadline) {
    services.restart();
    meters.moved();
    // Whoever is repeated now may need that slot to go on.
    slot.leave();
    try {
      if (!repeats.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return NO_PROCESS;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NO_PROCESS;
    }
    try {
      return switch (attempt(call, services, slot, deadline)) {
        case Attempt.Ended(RunReport report) -> report;
        case Attempt.Blamed blamed -> blamed.report();
        case Attempt.Undone(GuestEnd end) -> endedTwice(call.guestVersion(), end);
        case Attempt.NotBegun _ -> NO_PROCESS;
      };
    } finally {
      repeats.release();
    }
  }

  private void suspect(GuestVersion version) {
    suspects.add(version);
    spareWait.restart();
  }

  private RunReport endedTwice(GuestVersion version, GuestEnd end) {
    if (!end.mayBeOfARun()) {
      return RunReport.of(ActionEnding.LOST, "Two guest processes ended under the run");
    }
    locked(() -> suspect(version));
    return new Attempt.Blamed(end).report();
  }

  /** Gives a run to processes until one takes it; not begun if none does in time. */
  private Attempt attempt(GuestCall call, GuestServices services, RunSlot slot, long deadline) {
    while (true) {
      awaitSpare(call.guestVersion(), slot, deadline);
      Lease lease = entered(slot, deadline) ? lease(call.guestVersion(), deadline) : null;
      if (lease == null) {
        return new Attempt.NotBegun();
      }
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      Attempt attempt;
      try {
        attempt = run(lease.lane(), call.within(left), services, slot, /* forRun= */ true);
      } finally {
        if (lease.withoutSpare()) {
          locked(
              () -> {
                spareWait.giveBack();
                laneFree.signalAll();
              });
        }
      }
      if (!(attempt instanceof Attempt.NotBegun)) {
        return attempt;
      }
    }
  }

  // A version that has cost a process waits for a spare without a slot, so that others run.
  private void awaitSpare(GuestVersion version, RunSlot slot, long deadline) {
    lock.lock();
    try {
      while (!closed && !mayBegin(version)) {
        slot.leave();
        if (!awaitLane(deadline)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  // The run may have left it.
  private static boolean entered(RunSlot slot, long deadline) {
    try {
      return slot.enter(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Has a process replaced that is to go although it works, as when its heap stays full between
   * runs: once there is a spare it takes no more runs, and it ends with the last that it has.
   * Nothing happens if it does not serve.
   *
   * @param why for the log
   */
  public void replace(long pid, String why) {
    locked(
        () ->
            fleet
                .serving()
                .filter(process -> process.pid() == pid)
                .findFirst()
                .ifPresent(
                    process -> {
                      log.info("guest process {} is to be replaced: {}", pid, why);
                      fleet.replace(process, GuestEnd.REPLACED);
                    }));
  }

  /** Tells of all versions of a tenant that requests may run; the most important comes first. */
  public void deployed(String tenant, List<GuestVersion> all) {
    locked(
        () -> {
          versions.deployed(tenant, all);
          lanes.all().forEach(lane -> lane.forget(version -> !versions.isGood(version)));
          laneCold.signal();
        });
  }

  @Override
  public void close() {
    locked(
        () -> {
          closed = true;
          all().forEach(process -> process.end(GuestEnd.STOPPED));
          started.completeExceptionally(new IllegalStateException("closed"));
          laneFree.signalAll();
          laneCold.signalAll();
        });
    supervisor.shutdownNow();
  }

  private static ScheduledThreadPoolExecutor supervisor() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("guest-supervisor").factory());
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> question) {
    lock.lock();
    try {
      return question.get();
    } finally {
      lock.unlock();
    }
  }

  private Optional<GuestProcess.Ready> said() {
    return Optional.ofNullable(starter.lastReady());
  }

  private GuestStarter.Owner owner() {
    return new GuestStarter.Owner() {
      @Override
      public boolean wantsMore() {
        return !closed && (fleet.isShort() || (!fleet.hasSpare() && keepsSpare));
      }

      @Override
      public boolean waitsForOne() {
        return !started.isDone() || fleet.alive() == 0;
      }

      @Override
      public void ready(GuestProcess process) {
        GuestProcesses.this.ready(process);
      }

      @Override
      public void ended(GuestProcess process, GuestEnd end) {
        fleet.ended(process, end, closed);
        spareWait.restart();
        // Parked runs of it wait for a lane in vain.
        laneFree.signalAll();
      }

      @Override
      public void cannotStart(IOException why) {
        started.completeExceptionally(why);
      }
    };
  }

  private Stream<GuestProcess> all() {
    return Stream.concat(fleet.all(), Stream.ofNullable(starter.starting()));
  }

  // Who has cost a process may cost the next, so there must be one to take its place.
  private boolean mayBegin(GuestVersion version) {
    return fleet.hasSpare() || !suspects.contains(version) || spareWait.isOver();
  }

  /** Waits until something may have changed; false when the time is up. */
  @SuppressWarnings("WaitNotInLoop") // Whoever calls it looks again.
  private boolean awaitLane(long deadline) throws InterruptedException {
    long left = deadline - System.nanoTime();
    long wait = spareWait.left();
    var _ = laneFree.awaitNanos(wait > 0 ? Math.min(left, wait) : left);
    return deadline - System.nanoTime() > 0;
  }

  /**
   * A lane that was taken for a run.
   *
   * @param withoutSpare whether there should have been a spare
   */
  private record Lease(GuestLane lane, boolean withoutSpare) {}

  private @Nullable Lease lease(GuestVersion version, long deadline) {
    lock.lock();
    try {
      versions.used(version);
      long patience = System.nanoTime() + NONE_SERVES_NANOS;
      while (!closed) {
        if (mayBegin(version)) {
          GuestLane lane = lanes.take(fleet::serves, version);
          if (lane != null) {
            lane.uses(version);
            boolean withoutSpare = !fleet.hasSpare() && suspects.contains(version);
            if (withoutSpare) {
              log.debug("version {} runs without a spare: none is to be had", version.version());
              spareWait.take();
            }
            return new Lease(lane, withoutSpare);
          }
        }
        // With no process there may be one elsewhere.
        boolean none = fleet.alive() == 0 && patience - deadline < 0;
        if (!awaitLane(none ? patience : deadline)) {
          return null;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    return null;
  }

  /** Runs code on a lane that was taken for it, and gives the lane back. */
  Attempt run(
      GuestLane lane, GuestCall call, GuestServices services, RunSlot slot, boolean forRun) {
    Leased leased = new Leased(lane, call, slot, forRun);
    Attempt attempt = null;
    try {
      attempt = lane.process().run(lane.index(), call, services, leased);
      return attempt;
    } finally {
      leased.end(attempt);
    }
  }

  /** A run with the lane that it has, unless it is parked. */
  private final class Leased implements GuestProcess.RunListener {
    private final GuestProcess process;
    private final GuestVersion version;
    private final RunSlot slot;
    private final boolean forRun;

    // Guarded by the lock.
    private @Nullable GuestLane lane;

    private Leased(GuestLane lane, GuestCall call, RunSlot slot, boolean forRun) {
      this.lane = lane;
      this.process = lane.process();
      this.version = call.guestVersion();
      this.slot = slot;
      this.forRun = forRun;
    }

    @Override
    public void realms(int opened, int ended, boolean there) {
      meters.realms(forRun, opened, ended);
      locked(
          () -> {
            if (lane != null) {
              keptWarm(lane, version, there);
            }
          });
    }

    @Override
    public void waits(long mayHold) {
      if (locked(() -> parks(mayHold))) {
        slot.leave();
      }
    }

    private boolean parks(long mayHold) {
      GuestLane left = lane;
      if (left == null || !parked.hasRoomFor(process, version.tenant(), mayHold)) {
        return false;
      }
      parked.add(this, process, version.tenant(), mayHold);
      lane = null;
      left.closed(version);
      giveBack(left);
      return true;
    }

    @Override
    public int goesOn(long deadline) throws InterruptedException {
      if (!slot.enter(deadline)) {
        return NO_LANE;
      }
      lock.lockInterruptibly();
      try {
        while (lane == null && !closed && process.isAlive()) {
          lane = lanes.takeAnother(process, version);
          if (lane == null && laneFree.awaitNanos(deadline - System.nanoTime()) <= 0) {
            return NO_LANE;
          }
        }
        parked.remove(this);
        if (lane == null) {
          return NO_LANE;
        }
        lane.uses(version);
        return lane.index();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void overdue(boolean starved) {
      log.warn(
          "guest process {} loses a lane: a run of version {} did not stop{}",
          process.pid(),
          version.version(),
          starved ? ", since the machine gives it no processor" : "");
      locked(
          () -> {
            if (lane == null) {
              return;
            }
            // The next one to be overdue in a process may be the first one's victim.
            if (!starved && !lanes.anyLost(process)) {
              suspect(version);
            }
            lost(lane);
          });
    }

    private void end(@Nullable Attempt attempt) {
      locked(
          () -> {
            switch (attempt) {
              // The node failed, and nobody knows what the lane does now.
              case null -> {
                if (lane != null) {
                  lost(lane);
                }
              }
              case Attempt.NotBegun _ -> process.end(GuestEnd.CRASHED);
              case Attempt.Blamed _ -> suspect(version);
              case Attempt.Undone _, Attempt.Ended _ -> {}
            }
            parked.remove(this);
            if (lane != null) {
              giveBack(lane);
            } else {
              fleet.laneBack(process);
            }
          });
    }
  }

  private void keptWarm(GuestLane lane, GuestVersion version, boolean there) {
    if (there) {
      lane.forget(version::equals);
      return;
    }
    lane.closed(version);
    if (versions.isGood(version)) {
      lane.chill(version);
    }
  }

  private void lost(GuestLane lane) {
    lane.lose();
    spareWait.restart();
    if (closed) {
      return;
    }
    fleet.lostLane(lane.process());
  }

  private void giveBack(GuestLane lane) {
    lanes.giveBack(lane);
    laneFree.signalAll();
    if (lane.cold() > 0) {
      laneCold.signal();
    }
    fleet.laneBack(lane.process());
  }

  /** Waits for something to warm and takes its lane; null once closed. */
  Warmer.@Nullable Task coldest() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        Warmer.Task task = nextCold();
        if (task != null) {
          return task;
        }
        laneCold.await();
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private Warmer.@Nullable Task nextCold() {
    GuestVersion untried = fleet.hasSpare() ? versions.untried() : null;
    // In the spare a top level that hangs or takes all memory hurts nobody.
    GuestLane trial = untried == null ? null : lanes.take(fleet::isSpare, untried);
    if (untried != null && trial != null) {
      return new Warmer.Task(trial, untried);
    }
    GuestLane lane = lanes.takeCold(process -> fleet.isSpare(process) || fleet.serves(process));
    GuestVersion version = lane == null ? null : lane.nextCold();
    return lane == null || version == null ? null : new Warmer.Task(lane, version);
  }

  /** Notes how a version loaded, and has all lanes open one that is new. */
  void warmed(Warmer.Task task, boolean well) {
    locked(
        () -> {
          // What is not deployed any more is neither new nor good.
          boolean first = versions.isUntried(task.version());
          versions.tried(task.version(), well);
          if (!well) {
            meters.notWarmed();
            lanes.all().forEach(lane -> lane.forget(task.version()::equals));
          } else if (first) {
            lanes.all().filter(lane -> !lane.lost()).forEach(lane -> lane.chill(task.version()));
          }
          task.lane().forget(task.version()::equals);
          if (well) {
            task.lane().uses(task.version());
          }
        });
  }

  // Once there is a spare, for until then the processors have more urgent things to do.
  private void makeCache() {
    GuestCache cache = launch.cache();
    if (cache != null && fleet.hasSpare() && !makesCache) {
      makesCache = true;
      Thread.ofPlatform().daemon().name("guest-cache").start(() -> cache.make(launch));
    }
  }

  private void ready(GuestProcess process) {
    if (closed) {
      process.end(GuestEnd.STOPPED);
      return;
    }
    lanes.add(process, versions.good());
    fleet.join(process);
    spareWait.restart();
    var _ = process.drained().thenRun(() -> replace(process.pid(), "it is short of memory"));
    if (!fleet.isShort()) {
      started.complete(null);
    }
    makeCache();
    laneFree.signalAll();
    laneCold.signal();
  }
}
