package dev.cambio.runtime.process;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts guest processes, one at a time, so that a start does not take all processors from the
 * runs, and again after one has failed, later each time. To be used under the lock of its owner,
 * who is called under it too.
 */
final class GuestStarter {
  private static final Logger log = LoggerFactory.getLogger(GuestStarter.class);

  /** What a process says of itself that has no compiler. */
  static final String INTERPRETED = "Interpreted";

  /** Failures in a row after which a node that has no process yet gives its start up. */
  private static final int ENOUGH = 3;

  /** After that time a compiler that did not fit is tried again: the JDK may be another by now. */
  private static final long COMPILER_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final GuestLaunch launch;
  private final Duration grace;
  private final GuestMeters meters;
  private final ScheduledExecutorService supervisor;
  private final Lock lock;
  private final Owner owner;
  private Isolation isolation = Isolation.NONE;
  private @Nullable GuestProcess starting;
  private GuestProcess.@Nullable Ready lastReady;
  private final BackOff backOff = new BackOff(ThreadLocalRandom.current()::nextDouble);
  private @Nullable Long compilerRefusedAt;
  private @Nullable ScheduledFuture<?> nextTry;

  /** Whom the processes are for. */
  interface Owner {
    /** Whether one more is wanted. */
    boolean wantsMore();

    /** Whether nothing serves until there is one more. */
    boolean waitsForOne();

    /** Takes a process that can run code. */
    void ready(GuestProcess process);

    /** A process that had become ready has ended. */
    void ended(GuestProcess process, GuestEnd end);

    /** Not even the first process could be started. */
    void cannotStart(IOException why);
  }

  GuestStarter(
      GuestLaunch launch,
      Duration grace,
      GuestMeters meters,
      ScheduledExecutorService supervisor,
      Lock lock,
      Owner owner) {
    this.launch = launch;
    this.grace = grace;
    this.meters = meters;
    this.supervisor = supervisor;
    this.lock = lock;
    this.owner = owner;
  }

  /** Has processes started with that much around them. */
  void isolate(Isolation found) {
    isolation = found;
  }

  /** How one more process would be started, for a trial of its limits. */
  SelfTest.Launch another() {
    return new SelfTest.Launch(launch, isolation, compiled(), supervisor);
  }

  private boolean compiled() {
    return compilerRefusedAt == null
        || System.nanoTime() - compilerRefusedAt > COMPILER_AGAIN_NANOS;
  }

  GuestProtection protection() {
    return isolation.protection();
  }

  /** The process that is on its way. */
  @Nullable GuestProcess starting() {
    return starting;
  }

  /** What the last process said of itself; null before the first. */
  GuestProcess.@Nullable Ready lastReady() {
    return lastReady;
  }

  /** Starts a process if one is wanted and none is on its way, nor to be tried again later. */
  void start() {
    if (starting != null || nextTry != null || !owner.wantsMore()) {
      return;
    }
    try {
      // Without a session of its own it would hold back the node itself.
      boolean behindOthers = isolation.protection().session() && !owner.waitsForOne();
      GuestProcess process =
          GuestProcess.start(
              launch.startedBehindOthers(behindOthers), isolation, compiled(), supervisor, grace);
      starting = process;
      meters.started();
      watch(process, new StartProgress());
      var _ = process.ready().thenAccept(ready -> locked(() -> ready(process, ready)));
      var _ = process.gone().thenAccept(end -> locked(() -> gone(process, end)));
    } catch (IOException e) {
      failed("no guest process can be started: " + e.getMessage(), ENOUGH);
    }
  }

  private void locked(Runnable task) {
    lock.lock();
    try {
      task.run();
    } finally {
      lock.unlock();
    }
  }

  private void watch(GuestProcess process, StartProgress progress) {
    var _ =
        supervisor.schedule(
            () -> judge(process, progress), StartProgress.SECONDS, TimeUnit.SECONDS);
  }

  private void judge(GuestProcess process, StartProgress progress) {
    if (process.ready().isDone()) {
      return;
    }
    String fault = progress.fault(process.processorTime());
    if (fault == null) {
      log.warn("guest process {} starts slowly: the machine is busy", process.pid());
      watch(process, progress);
    } else {
      log.warn("guest process {} {} and is killed", process.pid(), fault);
      process.end(GuestEnd.FAILED_TO_START);
    }
  }

  private void ready(GuestProcess process, GuestProcess.Ready ready) {
    starting = null;
    if (lastReady == null && ready.javascript().equals(INTERPRETED)) {
      log.warn("JavaScript is interpreted, which is slow: the guests have no fitting compiler");
    }
    GuestCache cache = launch.cache();
    if (cache != null && process.refusedCache()) {
      cache.refused(launch);
    }
    lastReady = ready;
    backOff.reset();
    owner.ready(process);
    start();
  }

  private void gone(GuestProcess process, GuestEnd end) {
    boolean failed = process == starting;
    meters.ended(failed && end != GuestEnd.STOPPED ? GuestEnd.FAILED_TO_START : end);
    if (!failed) {
      owner.ended(process, end);
      start();
      return;
    }
    starting = null;
    if (!owner.wantsMore()) {
      return;
    }
    GuestCache cache = launch.cache();
    // What a JVM says as it crashes may go to stdout, and is no frame.
    if (cache != null
        && process.cached()
        && (end == GuestEnd.CRASHED || end == GuestEnd.MISBEHAVED)) {
      cache.distrust(launch);
      start();
    } else if (process.refusedCompiler() && compiled()) {
      log.warn(
          "A guest process did not start for the JavaScript compiler: it does not fit this JDK"
              + " (actions.guest-java, actions.guest-home). It is started again without, and"
              + " interprets JavaScript, which is slow.");
      compilerRefusedAt = System.nanoTime();
      start();
    } else {
      failed(
          "A guest process ended while starting: %s (actions.guest-java, actions.guest-home,"
                  .formatted(end.label())
              + " actions.heap-mb; its own words are in the log)",
          1);
    }
  }

  // What the machine was short of may be there soon; what is wrong stays wrong.
  private void failed(String why, int weight) {
    Duration wait = backOff.failed();
    log.error("{}; tried again in {} ms", why, wait.toMillis());
    if (lastReady == null && backOff.failures() * weight >= ENOUGH) {
      owner.cannotStart(new IOException(why));
    }
    if (owner.wantsMore()) {
      nextTry =
          supervisor.schedule(() -> locked(this::tryAgain), wait.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void tryAgain() {
    nextTry = null;
    start();
  }
}
