package dev.cambio.gateway.action;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.bus.ActionBus;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks an actions node over the event bus to run an Action. Waits: for virtual threads. */
public final class ActionClient {
  /** How much longer than the run's own budget an answer may take: killing, replacing, the wire. */
  private static final Duration MARGIN = Duration.ofMillis(1900);

  private static final long WIRE_MS = 50;

  private static final Logger LOG = LoggerFactory.getLogger(ActionClient.class);

  private final EventBus bus;

  private final ActionBreaker breaker;

  public ActionClient(EventBus bus, ActionBreaker breaker) {
    this.bus = bus;
    this.breaker = breaker;
  }

  /** What knows of versions that are not to be run now; trials and checks do not ask it. */
  ActionBreaker breaker() {
    return breaker;
  }

  /**
   * Runs an Action and reports how it ended; never throws for a failure of the runtime. A node
   * without a free slot is asked no second time: the next in turn is, once, since nothing has run,
   * and for the time that is left.
   */
  public ActionResult run(ActionInvocation invocation) {
    long askedAt = System.nanoTime();
    ActionResult first = ask(invocation);
    long left = invocation.timeoutMs() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - askedAt);
    return first.ending().started() || left <= 0 ? first : ask(invocation.within(left));
  }

  private ActionResult ask(ActionInvocation invocation) {
    DeliveryOptions options =
        new DeliveryOptions().setSendTimeout(invocation.timeoutMs() + MARGIN.toMillis());
    return bus.<ActionResult>request(ActionBus.INVOKE, invocation, options)
        .map(Message::body)
        // The bus's own timeout does not cover an answer that arrives but cannot be opened.
        .timeout(options.getSendTimeout() + WIRE_MS, TimeUnit.MILLISECONDS)
        .otherwise(ActionClient::failure)
        .await();
  }

  private static ActionResult failure(Throwable thrown) {
    if (thrown instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS) {
      return ActionResult.notStarted(ActionEnding.UNAVAILABLE, "no actions node is reachable");
    }
    LOG.warn("An actions node did not answer: {}", thrown.getMessage());
    return ActionResult.of(ActionEnding.LOST, "the actions node did not answer");
  }
}
