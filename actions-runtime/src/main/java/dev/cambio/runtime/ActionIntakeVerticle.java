package dev.cambio.runtime;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.runtime.process.RunSlot;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The node's only consumer of invocations, so that none ever waits behind a busy slot while another
 * is free. Begins each invocation for which there is a slot and, as it may wait for something
 * later, a place to be parked; lets a bounded number wait, in fair order, and answers the others at
 * once that the node is overloaded. A run that waits gives its slot to whoever is next and takes
 * one again in turn.
 *
 * <p>Its state is confined to its event loop; the counts are published for health.
 */
final class ActionIntakeVerticle extends VerticleBase {
  /** Beats after which a node without a guest process takes no more: about a second. */
  private static final int UNSERVED = 4;

  private final ArrayDeque<ActionVerticle> idle;
  private final Shares.Limits limits;
  private final Shares slots;
  private final Shares open;
  private final FairLine<Waiting> line;
  private final Map<Long, Invited> byTimer = new HashMap<>();
  private final ActionMeters meters;
  private final Pulse pulse;
  private boolean draining;
  private boolean stopped;

  /** How often in a row the node has said that no guest process serves. */
  private int unserved;

  private volatile int busyCount;
  private volatile int waitingCount;
  private volatile int parkedCount;

  /** Somebody in the line. */
  private sealed interface Waiting permits Invited, OpenRun {}

  /**
   * An invocation that waits to begin.
   *
   * @param timer ends the wait; cancelled when a slot takes it, so that nothing holds on to the
   *     event
   */
  private record Invited(Claimant who, Caller caller, long receivedAt, long timer)
      implements Waiting {}

  /**
   * An intake.
   *
   * @param workers one for each run that may be open at a time
   * @param slots of the runs that are open, how many may run
   * @param open how many may run or be parked
   * @param maxWaiting invocations that may wait to begin
   */
  ActionIntakeVerticle(
      List<ActionVerticle> workers,
      Shares.Limits slots,
      Shares.Limits open,
      int maxWaiting,
      ActionMeters meters,
      Pulse pulse) {
    this.idle = new ArrayDeque<>(workers);
    this.limits = slots;
    this.slots = new Shares(slots);
    this.open = new Shares(open);
    this.line = new FairLine<>(maxWaiting);
    this.meters = meters;
    this.pulse = pulse;
  }

  @Override
  public Future<?> start() {
    meters.watch(this, limits.all());
    return Future.all(consume(ActionBus.INVOKE), consume(ActionBus.invokeAt(pulse.node())))
        .onSuccess(
            _ -> {
              beat();
              vertx.setPeriodic(ActionBus.STATUS_INTERVAL.toMillis(), _ -> beat());
            });
  }

  private Future<Void> consume(String address) {
    MessageConsumer<ActionInvocation> consumer = vertx.eventBus().consumer(address, this::take);
    return consumer.completion();
  }

  private void beat() {
    boolean served = pulse.beat(draining || stopped, busyCount, waitingCount);
    unserved = served ? 0 : unserved + 1;
    if (isUnserved()) {
      turnAwayWaiting();
    }
  }

  /** Whether no guest process has served for a second: then another node is the better place. */
  private boolean isUnserved() {
    return unserved >= UNSERVED;
  }

  private void turnAwayWaiting() {
    for (Waiting next = line.next(_ -> false, _ -> true);
        next instanceof Invited invited;
        next = line.next(_ -> false, _ -> true)) {
      forget(invited);
      turnAway(invited.caller());
    }
    publish();
  }

  // Nobody hands out slots any more; a run that waits for one would keep the node from stopping,
  // and whoever waits to begin would wait in vain.
  @Override
  public Future<?> stop() {
    stopped = true;
    beat();
    for (Waiting next = drain(); next != null; next = drain()) {
      switch (next) {
        case OpenRun run -> run.refuse();
        case Invited invited -> {
          forget(invited);
          turnAway(invited.caller());
        }
      }
    }
    return Future.succeededFuture();
  }

  private @Nullable Waiting drain() {
    return line.next(_ -> true, _ -> true);
  }

  /**
   * Begins no more runs: those that are asked for are answered as not started, so that whoever asks
   * does so elsewhere. Runs that have begun go on.
   */
  void refuseNew() {
    context.runOnContext(
        _ -> {
          draining = true;
          for (Invited invited : List.copyOf(byTimer.values())) {
            line.leave(invited.who(), invited);
            forget(invited);
            turnAway(invited.caller());
          }
          publish();
          beat();
        });
  }

  private void turnAway(Caller caller) {
    String reason = draining || stopped ? "The node stops" : "No guest process is ready";
    answer(caller, ActionResult.notStarted(ActionEnding.UNAVAILABLE, reason));
  }

  /** Number of slots that run something. */
  int busy() {
    return busyCount;
  }

  /** Number of invocations that wait for a slot. */
  int waiting() {
    return waitingCount;
  }

  /** Number of runs that have begun and hold no slot. */
  int parked() {
    return parkedCount;
  }

  private void take(Message<ActionInvocation> message) {
    long now = System.nanoTime();
    Caller caller = new Caller(message, context);
    Claimant who = Claimant.of(message.body());
    if (draining || stopped || isUnserved()) {
      turnAway(caller);
    } else if (mayBegin(who)) {
      begin(who, caller, now);
    } else if (line.hasRoomFor(who)) {
      long timer = vertx.setTimer(Math.max(1, message.body().timeoutMs()), this::giveUp);
      Invited invited = new Invited(who, caller, now, timer);
      byTimer.put(timer, invited);
      if (line.join(who, invited) instanceof Invited displaced) {
        forget(displaced);
        refuse(displaced.caller(), "Too many invocations of the Action are waiting");
      }
    } else {
      refuse(caller, "Too many invocations are waiting");
    }
    publish();
  }

  private boolean mayBegin(Claimant who) {
    return slots.hasRoomFor(who) && open.hasRoomFor(who);
  }

  private void giveUp(long timer) {
    Invited late = byTimer.remove(timer);
    if (late != null && line.leave(late.who(), late)) {
      refuse(late.caller(), "No slot became free in time");
    }
    publish();
  }

  private void forget(Invited invited) {
    byTimer.remove(invited.timer());
    vertx.cancelTimer(invited.timer());
  }

  private void refuse(Caller caller, String reason) {
    answer(caller, ActionResult.notStarted(ActionEnding.OVERLOADED, reason));
  }

  private void answer(Caller caller, ActionResult result) {
    caller.answer(result);
    meters.answered(caller.invocation(), result);
  }

  private void begin(Claimant who, Caller caller, long receivedAt) {
    ActionVerticle worker = idle.pop();
    OpenRun run = new OpenRun(who);
    open.take(who);
    slots.take(who);
    worker.accept(
        caller,
        receivedAt,
        run,
        result -> {
          caller.answer(result);
          context.runOnContext(
              _ -> {
                meters.answered(caller.invocation(), result);
                idle.push(worker);
                run.end();
              });
        });
  }

  private void serveNext() {
    Waiting next = next();
    while (next != null) {
      switch (next) {
        case Invited invited -> {
          forget(invited);
          begin(invited.who(), invited.caller(), invited.receivedAt());
        }
        case OpenRun run -> run.grant();
      }
      next = next();
    }
    publish();
  }

  private @Nullable Waiting next() {
    return line.next(slots::hasRoomFor, this::mayBegin);
  }

  /** A run that has begun and has not ended. */
  private final class OpenRun implements RunSlot, Waiting {
    private final Claimant who;

    // Confined to the event loop.
    private boolean holds = true;
    private CompletableFuture<Boolean> granted = CompletableFuture.completedFuture(true);

    // Confined to the run's thread.
    private boolean left;
    private long waited;

    private OpenRun(Claimant who) {
      this.who = who;
    }

    @Override
    public void leave() {
      if (left) {
        return;
      }
      left = true;
      context.runOnContext(
          _ -> {
            holds = false;
            slots.giveBack(who);
            serveNext();
          });
    }

    @Override
    public boolean enter(long deadline) throws InterruptedException {
      if (!left) {
        return true;
      }
      CompletableFuture<Boolean> wanted = new CompletableFuture<>();
      context.runOnContext(_ -> want(wanted));
      long since = System.nanoTime();
      try {
        left = !wanted.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        return !left;
      } catch (TimeoutException e) {
        return false;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      } finally {
        waited += System.nanoTime() - since;
      }
    }

    @Override
    public long waited() {
      return waited;
    }

    private void want(CompletableFuture<Boolean> wanted) {
      if (stopped) {
        wanted.complete(false);
        return;
      }
      granted = wanted;
      line.rejoin(who, this);
      serveNext();
    }

    private void grant() {
      holds = true;
      slots.take(who);
      granted.complete(true);
    }

    private void refuse() {
      granted.complete(false);
    }

    private void end() {
      if (holds) {
        slots.giveBack(who);
      } else {
        line.leave(who, this);
      }
      open.giveBack(who);
      serveNext();
    }
  }

  private void publish() {
    busyCount = slots.taken();
    waitingCount = line.size();
    parkedCount = open.taken() - slots.taken();
  }
}
