package dev.cambio.runtime;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.bus.ActionBus;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The node's only consumer of {@link ActionBus#INVOKE}, so that no invocation ever waits behind a
 * busy slot while another is free. Gives each invocation to a free slot unless its Action has as
 * many as it may, lets a bounded number wait, and answers the others at once that the node is
 * overloaded.
 *
 * <p>Its state is confined to its event loop; the counts are published for health.
 */
final class ActionIntakeVerticle extends VerticleBase {
  private final int perAction;
  private final int slots;
  private final ArrayDeque<ActionVerticle> free;
  private final WaitingLine line;
  private final Map<ActionKey, Integer> running = new HashMap<>();
  private final ActionMeters meters;
  private volatile int busyCount;
  private volatile int waitingCount;
  private @Nullable MessageConsumer<ActionInvocation> consumer;

  /** An Action of a tenant, whatever its version. */
  record ActionKey(String tenant, String action) {
    static ActionKey of(ActionInvocation invocation) {
      return new ActionKey(invocation.tenantId(), invocation.version().actionId());
    }
  }

  /**
   * An invocation that waits.
   *
   * @param timer ends the wait; cancelled when a slot takes it, so that nothing holds on to the
   *     event
   */
  record Waiting(Message<ActionInvocation> message, long receivedAt, long timer) {
    ActionKey action() {
      return ActionKey.of(message.body());
    }
  }

  /**
   * An intake.
   *
   * @param perAction runs of one Action at a time
   * @param maxWaiting invocations that may wait for a slot
   */
  ActionIntakeVerticle(
      List<ActionVerticle> slots, int perAction, int maxWaiting, ActionMeters meters) {
    this.free = new ArrayDeque<>(slots);
    this.slots = slots.size();
    this.perAction = perAction;
    this.line = new WaitingLine(maxWaiting);
    this.meters = meters;
  }

  @Override
  public Future<?> start() {
    meters.watch(this, slots);
    consumer = vertx.eventBus().consumer(ActionBus.INVOKE, this::take);
    return consumer.completion();
  }

  /** Number of slots that run something. */
  int busy() {
    return busyCount;
  }

  /** Number of invocations that wait for a slot. */
  int waiting() {
    return waitingCount;
  }

  private void take(Message<ActionInvocation> message) {
    long now = System.nanoTime();
    ActionKey action = ActionKey.of(message.body());
    if (!free.isEmpty() && mayRun(action)) {
      give(message, now);
    } else if (line.hasRoomFor(action)) {
      long timer = vertx.setTimer(Math.max(1, message.body().timeoutMs()), this::giveUp);
      Waiting displaced = line.join(new Waiting(message, now, timer));
      if (displaced != null) {
        vertx.cancelTimer(displaced.timer());
        refuse(displaced.message(), "Too many invocations of the Action are waiting");
      }
    } else {
      refuse(message, "Too many invocations are waiting");
    }
    publish();
  }

  private boolean mayRun(ActionKey action) {
    return running.getOrDefault(action, 0) < perAction;
  }

  private void giveUp(long timer) {
    Waiting entry = line.leave(timer);
    if (entry != null) {
      refuse(entry.message(), "No slot became free in time");
    }
    publish();
  }

  private void refuse(Message<ActionInvocation> message, String reason) {
    answer(message, ActionResult.notStarted(ActionEnding.OVERLOADED, reason));
  }

  private void answer(Message<ActionInvocation> message, ActionResult result) {
    message.reply(result);
    meters.answered(message.body(), result);
  }

  private void give(Message<ActionInvocation> message, long receivedAt) {
    ActionVerticle slot = free.pop();
    running.merge(ActionKey.of(message.body()), 1, Integer::sum);
    slot.accept(
        message.body(),
        receivedAt,
        result -> {
          message.reply(result);
          context.runOnContext(_ -> release(slot, message.body(), result));
        });
  }

  private void release(ActionVerticle slot, ActionInvocation invocation, ActionResult result) {
    meters.answered(invocation, result);
    running.computeIfPresent(ActionKey.of(invocation), (_, count) -> count == 1 ? null : count - 1);
    free.push(slot);
    Waiting next = line.next(this::mayRun);
    if (next != null) {
      vertx.cancelTimer(next.timer());
      give(next.message(), next.receivedAt());
    }
    publish();
  }

  private void publish() {
    busyCount = slots - free.size();
    waitingCount = line.size();
  }
}
