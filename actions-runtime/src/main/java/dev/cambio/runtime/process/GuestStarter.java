package dev.cambio.runtime.process;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts guest processes, one at a time, so that a start does not take all processors from the
 * runs, and again a while after one has failed. To be used under the lock of its owner, who is
 * called under it too.
 */
final class GuestStarter {
  private static final Logger log = LoggerFactory.getLogger(GuestStarter.class);
  private static final String INTERPRETED = "Interpreted";
  private static final long RETRY_MS = 1000;

  private final GuestLaunch launch;
  private final Duration grace;
  private final GuestMeters meters;
  private final ScheduledExecutorService supervisor;
  private final Lock lock;
  private final Owner owner;
  private Isolation isolation = Isolation.NONE;
  private @Nullable GuestProcess starting;
  private GuestProcess.@Nullable Ready lastReady;
  private boolean compiled = true;

  /** Whom the processes are for. */
  interface Owner {
    /** Whether one more is wanted. */
    boolean wantsMore();

    /** Whether runs wait for one more. */
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
    return new SelfTest.Launch(launch, isolation, compiled, supervisor);
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

  /** Starts a process if one is wanted and none is on its way. */
  void start() {
    if (starting != null || !owner.wantsMore()) {
      return;
    }
    try {
      // Without a session of its own it would hold back the node itself.
      boolean behindOthers = isolation.protection().session() && !owner.waitsForOne();
      GuestProcess process =
          GuestProcess.start(
              launch.startedBehindOthers(behindOthers), isolation, compiled, supervisor, grace);
      starting = process;
      meters.started();
      watch(process, new StartProgress());
      var _ = process.ready().thenAccept(ready -> locked(() -> ready(process, ready)));
      var _ = process.gone().thenAccept(end -> locked(() -> gone(process, end)));
    } catch (IOException e) {
      log.error("no guest process can be started: {}", e.getMessage());
      failed(e);
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
    lastReady = ready;
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
    if (lastReady == null && compiled) {
      log.warn(
          "A guest process ended while starting ({}): this JDK and the JavaScript compiler may not"
              + " fit. It is started again without the compiler.",
          end.label());
      compiled = false;
      start();
      return;
    }
    String message =
        "A guest process ended while starting: %s (actions.guest-java, actions.guest-home,"
                .formatted(end.label())
            + " actions.heap-mb; its own words are in the log)";
    log.error(message);
    failed(new IOException(message));
  }

  private void failed(IOException why) {
    if (lastReady == null) {
      owner.cannotStart(why);
    }
    if (owner.wantsMore()) {
      var _ = supervisor.schedule(() -> locked(this::start), RETRY_MS, TimeUnit.MILLISECONDS);
    }
  }
}
