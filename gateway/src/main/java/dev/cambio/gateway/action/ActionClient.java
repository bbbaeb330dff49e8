package dev.cambio.gateway.action;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has actions nodes run Actions, over the event bus. Waits: for virtual threads. */
public final class ActionClient {
  /** How much longer than the run's own budget an answer may take: killing, replacing, the wire. */
  private static final Duration MARGIN = Duration.ofMillis(1900);

  /** Nodes that a run is given to, at most, if one after the other is lost under it. */
  private static final int NODES = 3;

  private static final Logger LOG = LoggerFactory.getLogger(ActionClient.class);

  private final EventBus bus;
  private final ActionNodes nodes;
  private final ActionBreaker breaker;
  private final Counter repeated;
  private final Counter lost;

  public ActionClient(
      EventBus bus, ActionNodes nodes, ActionBreaker breaker, MeterRegistry registry) {
    this.bus = bus;
    this.nodes = nodes;
    this.breaker = breaker;
    this.repeated =
        Counter.builder("cambio.action.repeated")
            .description("Runs given to another actions node, since the first could not end them")
            .register(registry);
    this.lost =
        Counter.builder("cambio.action.lost")
            .description("Runs of which no actions node could tell how they ended")
            .register(registry);
  }

  /** What knows of versions that are not to be run now; trials and checks do not ask it. */
  ActionBreaker breaker() {
    return breaker;
  }

  /** Runs an Action that is the only one of its kind. */
  public ActionResult run(ActionInvocation invocation) {
    return run(invocation, new ActionHome());
  }

  /**
   * Runs an Action and reports how it ended; never throws for a failure of the runtime. What has
   * not begun, or was lost before it had effects, is given to another node for the time that is
   * left.
   *
   * @param home of the request
   */
  ActionResult run(ActionInvocation invocation, ActionHome home) {
    long deadline = nodes.now() + TimeUnit.MILLISECONDS.toNanos(invocation.timeoutMs());
    Set<ActionNode> tried = new HashSet<>();
    ActionResult result =
        ActionResult.notStarted(ActionEnding.UNAVAILABLE, "no actions node is there");
    for (int attempt = 1; attempt <= NODES; attempt++) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - nodes.now());
      ActionNode node = left <= 0 && attempt > 1 ? null : choose(invocation, home, tried);
      if (node == null) {
        break;
      }
      ActionEnding before = result.ending();
      ActionCall call = call(node, invocation, attempt == 1 ? invocation.timeoutMs() : left);
      result = call.await(bus);
      note(node, invocation, result);
      if (!mayBeRepeated(call, result.ending(), before)) {
        break;
      }
      tried.add(node);
    }
    return result;
  }

  private @Nullable ActionNode choose(
      ActionInvocation invocation, ActionHome home, Set<ActionNode> tried) {
    ActionNode node =
        nodes.choose(invocation.version().versionId(), home.node(), tried).orElse(null);
    if (node != null) {
      home.moveTo(node);
      if (!tried.isEmpty()) {
        repeated.increment();
      }
    }
    return node;
  }

  private ActionCall call(ActionNode node, ActionInvocation invocation, long left) {
    return new ActionCall(
        node,
        left == invocation.timeoutMs() ? invocation : invocation.within(left),
        Duration.ofMillis(left).plus(MARGIN),
        nodes.now());
  }

  private void note(ActionNode node, ActionInvocation invocation, ActionResult result) {
    ActionEnding ending = result.ending();
    boolean well = ending != ActionEnding.LOST && ending != ActionEnding.UNAVAILABLE;
    node.ran(invocation.version().versionId(), well, nodes.now());
    if (ending == ActionEnding.LOST) {
      lost.increment();
      LOG.warn("{} was lost at actions node {}: {}", invocation, node, message(result));
    }
  }

  private static String message(ActionResult result) {
    return result.error() == null ? "" : result.error().message();
  }

  /** What all nodes have too much of is not given to a third. */
  private static boolean mayBeRepeated(ActionCall call, ActionEnding ending, ActionEnding before) {
    return switch (ending) {
      case LOST -> call.isWithoutEffects();
      case UNAVAILABLE, CODE_UNAVAILABLE -> true;
      case OVERLOADED -> before != ActionEnding.OVERLOADED;
      case RETURNED, THREW, TIMED_OUT, OUT_OF_MEMORY, LIMIT_EXCEEDED, CRASHED, STARVED, REFUSED ->
          false;
    };
  }
}
