package dev.cambio.gateway.action;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.bus.ActionBus;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.List;

/** Asks an actions node over the event bus to run an Action. Waits: for virtual threads. */
public final class ActionClient {
  /** How much longer than the run's own budget an answer may take: killing, replacing, the wire. */
  private static final Duration MARGIN = Duration.ofMillis(1900);

  private final EventBus bus;

  public ActionClient(EventBus bus) {
    this.bus = bus;
  }

  /**
   * Runs an Action and reports how it ended; never throws for a failure of the runtime. A node
   * without a free slot is asked no second time: the next in turn is, once, since nothing has run.
   */
  public ActionResult run(ActionInvocation invocation) {
    ActionResult first = ask(invocation);
    return first.ending().started() ? first : ask(invocation);
  }

  private ActionResult ask(ActionInvocation invocation) {
    DeliveryOptions options =
        new DeliveryOptions().setSendTimeout(invocation.timeoutMs() + MARGIN.toMillis());
    try {
      return bus.<ActionResult>request(ActionBus.INVOKE, invocation, options).await().body();
    } catch (ReplyException e) {
      return failure(e.failureType());
    }
  }

  private static ActionResult failure(ReplyFailure failure) {
    return switch (failure) {
      case NO_HANDLERS ->
          ActionResult.notStarted(ActionEnding.OVERLOADED, "no actions node is reachable");
      case TIMEOUT -> crashed("the actions node did not answer");
      case RECIPIENT_FAILURE, ERROR -> crashed("the actions node failed");
    };
  }

  private static ActionResult crashed(String reason) {
    return new ActionResult(
        ActionEnding.CRASHED,
        List.of(),
        ActionError.of("Error", reason),
        List.of(),
        ActionResult.Timings.NONE);
  }
}
