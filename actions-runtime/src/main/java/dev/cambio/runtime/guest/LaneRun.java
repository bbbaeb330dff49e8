package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.RunEnding;
import dev.cambio.runtime.guest.sandbox.GuestException;
import dev.cambio.runtime.guest.sandbox.Realm;
import dev.cambio.runtime.guest.sandbox.World;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One run from its request to its result. While it waits for a timer or a request it is on no lane:
 * no code of it is on any stack then, and its realm may be entered by another thread.
 */
final class LaneRun implements Watchdog.Watched {
  private static final String NEVER_SETTLES = "The action's promise never settles";
  private static final String NO_CODE = "The action's code is not available";

  private volatile Lane lane;
  private final RunRequest request;
  private final Watchdog.Watch watch;
  private final World world;
  private final RunHost host;
  private WarmRealms.@Nullable Lease lease;
  private volatile long loadMicros;

  LaneRun(Lane lane, RunRequest request) {
    this.lane = lane;
    this.request = request;
    this.watch = lane.watchdog().watch(request.timeoutMs(), this);
    this.world = request.world();
    this.host = new RunHost(lane, request.id(), watch, world);
  }

  int id() {
    return request.id();
  }

  /** Takes a frame from the node that is about this run. */
  void deliver(Frame frame) {
    host.deliver(frame);
  }

  /**
   * Runs until the result is sent, or until the run waits; throws only when the node has gone.
   *
   * @return whether it waits, and then is no more this thread's
   */
  boolean begin() throws IOException {
    return sent(outcome());
  }

  /** Goes on after it has waited, as if {@link #begin} did, on a lane that may be another. */
  boolean goOn(Lane on) throws IOException {
    WarmRealms.Lease before = lease;
    if (before == null) {
      throw new IllegalStateException("the run does not wait");
    }
    lane = on;
    host.goOn(on);
    WarmRealms.Lease taken = on.realms().adopt(before);
    lease = taken;
    return sent(
        watch.resume() ? outcome(() -> turns(taken.realm())) : Outcome.cancelled(watch.late()));
  }

  /** Ends the run, which waits and has been given up. */
  void drop() {
    watch.end();
    WarmRealms.Lease used = lease;
    if (used != null) {
      Thread.ofPlatform().daemon().name("cancel").start(used::drop);
    }
  }

  private boolean sent(@Nullable Outcome outcome) throws IOException {
    if (outcome == null && watch.pause()) {
      sendWaits(watch.usage(), host.nanosToTimer());
      // Who cancelled it meanwhile woke it before the node knew that it waits.
      if (watch.isCancelled()) {
        wake();
        lane.out().flush();
      }
      return true;
    }
    Verdict verdict = watch.end();
    lane.runs().remove(this);
    Outcome told =
        verdict == null && outcome != null
            ? outcome
            : Outcome.cancelled(verdict == null ? watch.late() : verdict);
    reportRealms(told.reusable());
    send(FrameKind.RESULT, told, watch.usage());
    leave(told);
    return false;
  }

  // The last that this thread does for the run: another may be about to go on with it.
  private void sendWaits(Watchdog.Usage usage, long toTimer) throws IOException {
    lane.out()
        .send(
            FrameKind.WAITS,
            lane.index(),
            request.id(),
            frame ->
                Outcome.cancelled(watch.late())
                    .put(
                        frame.bigNumber(toTimer).number(host.taken()),
                        usage,
                        host.calls(),
                        loadMicros));
  }

  // The node has its answer by now: looking after the realm is nobody's waiting time.
  private void leave(Outcome outcome) throws IOException {
    WarmRealms.Lease used = lease;
    if (used == null) {
      return;
    }
    if (!outcome.reusable()) {
      used.drop();
    } else if (!used.giveBack()) {
      lane.out()
          .send(
              FrameKind.TAMPERED,
              lane.index(),
              request.id(),
              frame -> frame.text(request.version()));
    }
  }

  private @Nullable Outcome outcome() throws IOException {
    Outcome missing = fetchCode();
    if (missing != null) {
      return missing;
    }
    long loadingSince = System.nanoTime();
    return outcome(
        () -> {
          WarmRealms.Lease taken = lane.realms().take(request, world);
          lease = taken;
          reportRealms(true);
          watch.guard(taken.realm());
          return start(taken.realm(), loadingSince);
        });
  }

  /** A part of the run; null stands for one that waits. */
  @FunctionalInterface
  private interface Part {
    @Nullable Outcome run() throws GuestException;
  }

  private @Nullable Outcome outcome(Part part) {
    Outcome outcome = null;
    try {
      outcome = part.run();
      WarmRealms.Lease used = lease;
      if (outcome == null || used == null) {
        return outcome;
      }
      used.realm().end();
      return request.trial() == null ? outcome : outcome.notReusable();
    } catch (GuestException e) {
      // An outcome from before stands: only the clean-up failed.
      return outcome == null ? Outcome.thrown(e) : outcome.notReusable();
    }
  }

  private void reportRealms(boolean there) {
    lane.realms()
        .report(
            there, (kind, fields) -> lane.out().append(kind, lane.index(), request.id(), fields));
  }

  private @Nullable Outcome start(Realm realm, long loadingSince) throws GuestException {
    realm.attach(host);
    watch.turn();
    if (request.opensOnly() && lane.sandbox().scripts().usesModules(request.contentHash())) {
      // They read their secrets as they load, and nobody has sent these yet.
      return Outcome.settled(true, null);
    }
    if (!realm.define(lane.sandbox().scripts(), request.contentHash(), request.secrets())) {
      return Outcome.plain(RunEnding.CODE_UNAVAILABLE, NO_CODE);
    }
    loadMicros = (System.nanoTime() - loadingSince) / 1000;
    if (request.opensOnly()) {
      return warmed(realm);
    }
    realm.invoke(request.trigger(), request.event(), request.secrets());
    return turns(realm);
  }

  private @Nullable Outcome turns(Realm realm) throws GuestException {
    while (!host.isSettled()) {
      if (host.fireDue(realm) || host.completeArrived(realm)) {
        continue;
      }
      if (realm.pending() == 0) {
        return Outcome.unusable(RunEnding.THREW, NEVER_SETTLES);
      }
      switch (host.await()) {
        case SOMETHING -> {}
        case NOTHING_IN_TIME -> {
          return Outcome.cancelled(watch.late());
        }
        case NOTHING_SOON -> {
          return null;
        }
      }
    }
    return host.outcome();
  }

  // A request or a timer of the top level's belongs to the run that waits for it.
  private Outcome warmed(Realm realm) throws GuestException {
    if (host.isSettled()) {
      return host.outcome().notReusable();
    }
    return realm.pending() == 0
        ? Outcome.settled(true, null)
        : Outcome.unusable(RunEnding.THREW, "The top level waits for a timer or a request");
  }

  /** Makes sure that the code is here; what to answer if it cannot be. */
  private @Nullable Outcome fetchCode() throws IOException {
    if (lane.sandbox().scripts().has(request.contentHash())) {
      return null;
    }
    lane.out().send(FrameKind.CODE_WANTED, lane.index(), request.id(), frame -> {});
    Frame answer = host.awaitAnswer(FrameKind.CODE);
    String source = answer == null ? null : answer.optionalText();
    if (source == null) {
      return Outcome.plain(RunEnding.CODE_UNAVAILABLE, NO_CODE);
    }
    int longest = lane.limits().run().sourceLength();
    if (source.length() > longest) {
      return Outcome.plain(
          RunEnding.LIMIT_EXCEEDED,
          "The action's source is longer than %d characters (actions.source-kb)"
              .formatted(longest));
    }
    lane.sandbox().scripts().keep(request.contentHash(), source);
    return null;
  }

  // The lane's thread is lost, so the watchdog speaks for it.
  @Override
  public void stuck(Verdict verdict, Watchdog.Usage usage) throws IOException {
    send(FrameKind.STUCK, Outcome.cancelled(verdict), usage);
  }

  @Override
  public void wake() {
    lane.out().append(FrameKind.WAKE, lane.index(), request.id(), frame -> {});
  }

  @Override
  public void greediest() {
    lane.out().append(FrameKind.GREEDIEST, lane.index(), request.id(), frame -> {});
  }

  private void send(FrameKind kind, Outcome outcome, Watchdog.Usage usage) throws IOException {
    lane.out()
        .send(
            kind,
            lane.index(),
            request.id(),
            frame -> outcome.put(frame, usage, host.calls(), loadMicros));
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

    static Outcome plain(RunEnding ending, String message) {
      return new Outcome(ending, true, null, "Error", message, null);
    }

    static Outcome unusable(RunEnding ending, String message) {
      return new Outcome(ending, false, null, "Error", message, null);
    }

    static Outcome cancelled(Verdict verdict) {
      return unusable(verdict.ending(), verdict.message());
    }

    static Outcome thrown(GuestException e) {
      return new Outcome(RunEnding.THREW, false, null, e.name(), e.getMessage(), e.guestStack());
    }

    Outcome notReusable() {
      return new Outcome(ending, false, errorJson, name, message, stack);
    }

    void put(FrameWriter frame, Watchdog.Usage usage, int hostCalls, long loadMicros) {
      frame
          .number(ending.code())
          .bigNumber(usage.cpuMicros())
          .bigNumber(usage.allocatedBytes())
          .number(hostCalls)
          .text(errorJson)
          .text(name)
          .text(message)
          .text(stack)
          .bigNumber(loadMicros);
    }
  }
}
