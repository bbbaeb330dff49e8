package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.RunEnding;
import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Realm;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run from its request to its result. */
final class LaneRun {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final String NEVER_SETTLES = "The action's promise never settles";

  private final Lane lane;
  private final RunRequest request;
  private final long deadline;
  private final RunHost host;

  LaneRun(Lane lane, RunRequest request) {
    this.lane = lane;
    this.request = request;
    this.deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(request.timeoutMs());
    this.host = new RunHost(lane, request.id(), deadline);
  }

  /** Runs and sends the result; throws only when the node has gone. */
  void execute() throws IOException {
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    Outcome outcome = outcome();
    long cpuMicros = (THREADS.getCurrentThreadCpuTime() - cpuBefore) / 1000;
    reportRealms(lane.realms().has(request));
    lane.out()
        .send(FrameKind.RESULT, lane.index(), request.id(), frame -> outcome.put(frame, cpuMicros));
  }

  private Outcome outcome() throws IOException {
    if (!codeIsHere()) {
      return Outcome.plain(RunEnding.CODE_UNAVAILABLE, "The action's code is not available");
    }
    Watchdog.Watch watch = lane.watchdog().watch(deadline, lane.limits().allocationBytes());
    WarmRealms.Lease lease;
    try {
      lease = lane.realms().take(request);
    } catch (GuestException e) {
      watch.end();
      return Outcome.thrown(e);
    }
    reportRealms(true);
    watch.guard(lease.realm());
    Outcome outcome = null;
    boolean reusable = false;
    try {
      outcome = run(lease.realm());
      lease.realm().end();
      reusable = outcome.reusable();
    } catch (GuestException e) {
      // An outcome from before stands: only the clean-up failed.
      outcome = outcome == null ? Outcome.thrown(e) : outcome;
    }
    RunEnding verdict = watch.end();
    if (reusable && verdict == null) {
      lease.giveBack();
    } else {
      lease.drop();
    }
    return verdict == null ? outcome : Outcome.cancelled(verdict);
  }

  private void reportRealms(boolean there) {
    lane.realms()
        .report(
            there, (kind, fields) -> lane.out().append(kind, lane.index(), request.id(), fields));
  }

  private Outcome run(Realm realm) throws GuestException {
    realm.attach(host);
    if (!realm.define(lane.sandbox().scripts(), request.contentHash())) {
      return Outcome.plain(RunEnding.CODE_UNAVAILABLE, "The action's code is not available");
    }
    if (request.opensOnly()) {
      return warmed(realm);
    }
    realm.invoke(request.trigger(), request.event(), request.secrets());
    while (!host.isSettled()) {
      if (host.fireDue(realm) || host.completeArrived(realm)) {
        continue;
      }
      if (realm.pending() == 0) {
        return Outcome.unusable(RunEnding.THREW, NEVER_SETTLES);
      }
      if (!host.awaitSomething()) {
        return Outcome.cancelled(RunEnding.TIMED_OUT);
      }
    }
    return host.outcome();
  }

  // A request or a timer of the top level's belongs to the run that waits for it.
  private Outcome warmed(Realm realm) throws GuestException {
    if (host.isSettled()) {
      return host.outcome().unusable();
    }
    return realm.pending() == 0
        ? Outcome.settled(true, null)
        : Outcome.unusable(RunEnding.THREW, "The top level waits for a timer or a request");
  }

  private boolean codeIsHere() throws IOException {
    if (lane.sandbox().scripts().has(request.contentHash())) {
      return true;
    }
    lane.out().send(FrameKind.CODE_WANTED, lane.index(), request.id(), frame -> {});
    Frame answer = host.awaitAnswer(FrameKind.CODE);
    String source = answer == null ? null : answer.optionalText();
    if (source == null) {
      return false;
    }
    lane.sandbox().scripts().keep(request.contentHash(), source);
    return true;
  }

  /**
   * How the run ended, ready to be sent.
   *
   * @param reusable whether its realm may serve the next run
   */
  record Outcome(
      RunEnding ending,
      boolean reusable,
      @Nullable String errorJson,
      @Nullable String name,
      @Nullable String message,
      @Nullable String stack) {

    static Outcome settled(boolean ok, @Nullable String errorJson) {
      return new Outcome(
          ok ? RunEnding.RETURNED : RunEnding.THREW, true, errorJson, null, null, null);
    }

    Outcome unusable() {
      return new Outcome(ending, false, errorJson, name, message, stack);
    }

    static Outcome plain(RunEnding ending, String message) {
      return new Outcome(ending, true, null, "Error", message, null);
    }

    static Outcome unusable(RunEnding ending, String message) {
      return new Outcome(ending, false, null, "Error", message, null);
    }

    static Outcome cancelled(RunEnding ending) {
      return unusable(
          ending,
          ending == RunEnding.TIMED_OUT
              ? "The action took too long"
              : "The action used too much memory");
    }

    static Outcome thrown(GuestException e) {
      return new Outcome(RunEnding.THREW, false, null, e.name(), e.getMessage(), e.guestStack());
    }

    void put(FrameWriter frame, long cpuMicros) {
      frame
          .number(ending.code())
          .bigNumber(cpuMicros)
          .text(errorJson)
          .text(name)
          .text(message)
          .text(stack);
    }
  }
}
