package dev.cambio.runtime;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.EffectsLeave;
import io.vertx.core.Context;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Who wants an Action run. In another process it may have given the run up, and had it repeated,
 * without this node's knowing: so it is asked for leave before the run has effects. Confined to the
 * thread that runs it, once that has begun.
 */
final class Caller {
  /** How long a run waits for leave. */
  private static final long LEAVE_MS = 1000;

  private final Message<ActionInvocation> message;
  private final Context loop;
  private @Nullable CompletableFuture<Message<EffectsLeave>> leave;

  /**
   * Whoever sent the message.
   *
   * @param loop an event loop context for answers: whoever runs Actions blocks
   */
  Caller(Message<ActionInvocation> message, Context loop) {
    this.message = message;
    this.loop = loop;
  }

  ActionInvocation invocation() {
    return message.body();
  }

  /**
   * Whether the run may have effects; to be asked before the first of them. Blocks, at most for a
   * second. Who does not say so in time has not been heard to agree.
   */
  boolean grantsLeave() {
    if (!message.headers().contains(ActionBus.ASKS_LEAVE)) {
      return true;
    }
    CompletableFuture<Message<EffectsLeave>> asked = new CompletableFuture<>();
    leave = asked;
    loop.runOnContext(_ -> ask(asked));
    try {
      return asked.get(LEAVE_MS, TimeUnit.MILLISECONDS).body().granted();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  // A leave that comes too late still brings the address that the answer goes to.
  private void ask(CompletableFuture<Message<EffectsLeave>> asked) {
    ActionInvocation invocation = message.body();
    message
        .<EffectsLeave>replyAndRequest(
            new EffectsLeave.Request(invocation.executionId()),
            new DeliveryOptions().setSendTimeout(invocation.timeoutMs() + LEAVE_MS))
        .onComplete(asked::complete, asked::completeExceptionally);
  }

  /** Answers, once. */
  void answer(ActionResult result) {
    if (leave == null) {
      message.reply(told(result));
    } else {
      var _ = leave.thenAccept(granted -> granted.reply(result));
    }
  }

  /** A gateway that sends to whichever node is next may be of before, and read only older words. */
  private ActionResult told(ActionResult result) {
    return result.ending() == ActionEnding.UNAVAILABLE && message.address().equals(ActionBus.INVOKE)
        ? result.as(ActionEnding.OVERLOADED)
        : result;
  }
}
