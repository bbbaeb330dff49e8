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
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node's only consumer of {@link ActionBus#INVOKE}, so that no invocation ever waits behind a
 * busy slot while another is free. Gives each invocation to a free slot, lets a bounded number
 * wait, and answers the others at once that the node is overloaded.
 *
 * <p>Its state is confined to its event loop; the counts are published for health.
 */
final class ActionIntakeVerticle extends VerticleBase {
  private final int maxWaiting;
  private final ArrayDeque<ActionVerticle> free;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final int slots;
  private volatile int busyCount;
  private volatile int waitingCount;
  private @Nullable MessageConsumer<ActionInvocation> consumer;

  /**
   * An invocation that waits.
   *
   * @param timer ends the wait; cancelled when a slot takes it, so that nothing holds on to the
   *     event
   */
  private record Waiting(Message<ActionInvocation> message, long receivedAt, long timer) {}

  ActionIntakeVerticle(List<ActionVerticle> slots, int maxWaiting) {
    this.free = new ArrayDeque<>(slots);
    this.slots = slots.size();
    this.maxWaiting = maxWaiting;
  }

  @Override
  public Future<?> start() {
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
    ActionVerticle slot = free.poll();
    if (slot != null) {
      give(slot, message, now);
    } else if (waiting.size() < maxWaiting) {
      await(message, now);
    } else {
      message.reply(
          ActionResult.notStarted(ActionEnding.OVERLOADED, "Too many invocations are waiting"));
    }
    publish();
  }

  private void await(Message<ActionInvocation> message, long now) {
    long timer = vertx.setTimer(Math.max(1, message.body().timeoutMs()), this::giveUp);
    waiting.add(new Waiting(message, now, timer));
  }

  private void giveUp(long timer) {
    for (Iterator<Waiting> entries = waiting.iterator(); entries.hasNext(); ) {
      Waiting entry = entries.next();
      if (entry.timer() == timer) {
        entries.remove();
        entry
            .message()
            .reply(ActionResult.notStarted(ActionEnding.OVERLOADED, "No slot became free in time"));
      }
    }
    publish();
  }

  private void give(ActionVerticle slot, Message<ActionInvocation> message, long receivedAt) {
    slot.accept(
        message.body(),
        receivedAt,
        result -> {
          message.reply(result);
          context.runOnContext(_ -> release(slot));
        });
  }

  private void release(ActionVerticle slot) {
    Waiting next = waiting.poll();
    if (next != null) {
      vertx.cancelTimer(next.timer());
      give(slot, next.message(), next.receivedAt());
    } else {
      // The slot used last has the warmest realms.
      free.push(slot);
    }
    publish();
  }

  private void publish() {
    busyCount = slots - free.size();
    waitingCount = waiting.size();
  }
}
