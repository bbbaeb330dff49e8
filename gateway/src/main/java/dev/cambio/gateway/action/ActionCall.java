package dev.cambio.gateway.action;

import dev.cambio.gateway.action.ActionNode.Kind;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.EffectsLeave;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run given to one node, until it is answered or given up. A run in another process asks for
 * leave before it has effects; once that is granted it is not repeated, and once it is given up it
 * is not granted. Safe for use by many threads.
 */
final class ActionCall {
  private static final Logger LOG = LoggerFactory.getLogger(ActionCall.class);

  private final ActionNode node;
  private final ActionInvocation invocation;
  private final DeliveryOptions options;
  private final long deadline;
  private final CompletableFuture<ActionResult> answer = new CompletableFuture<>();

  // Guarded by this.
  private boolean granted;
  private boolean ended;

  /** How long a run is waited for. */
  enum Patience {
    UNTIL_TIME_IS_UP,
    /** If it has leave to have effects; else it can as well be repeated. */
    IF_IT_HAS_EFFECTS,
    NONE
  }

  /**
   * A call that is yet to be made.
   *
   * @param timeout until which an answer is waited for
   * @param now as {@link System#nanoTime}
   */
  ActionCall(ActionNode node, ActionInvocation invocation, Duration timeout, long now) {
    this.node = node;
    this.invocation = invocation;
    this.deadline = now + timeout.toNanos();
    this.options = new DeliveryOptions().setSendTimeout(timeout.toMillis());
    switch (node.kind()) {
      case LOCAL -> options.setLocalOnly(true);
      case REMOTE -> options.addHeader(ActionBus.ASKS_LEAVE, "1");
      case ANY -> {}
    }
  }

  /** Makes the call and waits for what comes of it; for virtual threads. */
  ActionResult await(EventBus bus) {
    long begunAt = node.begins(this);
    try {
      bus.<Object>request(node.address(), invocation, options)
          .onComplete(this::answered, this::failed);
      // It may have left between being chosen and being called.
      if (node.isGone()) {
        judge(deadline, Patience.NONE);
      }
      return answer.join();
    } finally {
      node.ends(this, begunAt);
    }
  }

  /**
   * Whether the run cannot have had effects, nor can have any still, so that it may be repeated.
   */
  synchronized boolean isWithoutEffects() {
    return node.kind() == Kind.REMOTE && !granted;
  }

  /** Gives the run up if its time is up or there is no patience with the node. */
  void judge(long now, Patience patience) {
    if (now - deadline >= 0) {
      end(ActionResult.of(ActionEnding.LOST, "the actions node did not answer"));
    } else if (patience == Patience.NONE
        || (patience == Patience.IF_IT_HAS_EFFECTS && isWithoutEffects())) {
      end(ActionResult.of(ActionEnding.LOST, "the actions node was lost"));
    }
  }

  private void answered(Message<Object> message) {
    switch (message.body()) {
      case ActionResult result -> end(result);
      case EffectsLeave.Request _ when grants() ->
          message
              .replyAndRequest(new EffectsLeave(true), options)
              .onComplete(this::answered, this::failed);
      case EffectsLeave.Request asked -> {
        LOG.debug("Run {} was given up and may have no effects", asked.executionId());
        message.reply(new EffectsLeave(false));
      }
      case null, default ->
          end(ActionResult.of(ActionEnding.LOST, "the actions node answered something else"));
    }
  }

  private void failed(Throwable thrown) {
    if (thrown instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS) {
      end(ActionResult.notStarted(ActionEnding.UNAVAILABLE, "no actions node is reachable"));
    } else {
      end(ActionResult.of(ActionEnding.LOST, "the actions node cannot be reached: " + thrown));
    }
  }

  private synchronized boolean grants() {
    granted = !ended;
    return granted;
  }

  private void end(ActionResult result) {
    boolean late;
    synchronized (this) {
      late = ended;
      ended = true;
    }
    if (late) {
      LOG.debug("{} was given up and ended as {}", invocation, result.ending());
    } else {
      answer.complete(result);
    }
  }
}
