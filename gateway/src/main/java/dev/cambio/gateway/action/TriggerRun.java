package dev.cambio.gateway.action;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * One run of a trigger: its Actions share an execution id and one wall-clock budget (contract
 * actions-runtime §3).
 */
public final class TriggerRun {
  private final ActionClient client;
  private final String tenantId;
  private final Trigger trigger;
  private final List<String> sensitive;
  private final ActionRuns runs;
  private final Clock clock;
  private final UUID executionId;
  private final TriggerBudget budget;

  private TriggerRun(
      ActionClient client,
      String tenantId,
      Trigger trigger,
      List<String> sensitive,
      TriggerBudget budget,
      ActionRuns runs,
      Clock clock) {
    this.client = client;
    this.tenantId = tenantId;
    this.trigger = trigger;
    this.sensitive = sensitive;
    this.runs = runs;
    this.clock = clock;
    this.budget = budget;
    this.executionId = executionId(clock.millis());
  }

  /**
   * Begins a run; the budget starts now.
   *
   * @param sensitive values that console output must not show, beside the Action's secrets
   * @param runs is told of every Action
   */
  public static TriggerRun begin(
      ActionClient client,
      String tenantId,
      Trigger trigger,
      List<String> sensitive,
      Duration budget,
      ActionRuns runs,
      Clock clock) {
    return new TriggerRun(
        client,
        tenantId,
        trigger,
        sensitive,
        new TriggerBudget(budget, System::nanoTime),
        runs,
        clock);
  }

  /**
   * Random, behind the time: so that records of executions are appended to their index (RFC 9562
   * §5.7).
   */
  private static UUID executionId(long millis) {
    UUID random = UUID.randomUUID();
    long low = random.getMostSignificantBits() & 0xFFF;
    return new UUID(millis << 16 | 0x7000 | low, random.getLeastSignificantBits());
  }

  UUID executionId() {
    return executionId;
  }

  Trigger trigger() {
    return trigger;
  }

  /** Runs one Action with its own copy of the event. */
  public ActionResult run(BoundAction bound, ObjectNode event) {
    ActionBreaker breaker = client.breaker();
    ActionVersion version = bound.action().version();
    Instant startedAt = clock.instant();
    long remaining = budget.remaining();
    if (remaining <= 0) {
      ActionResult late =
          ActionResult.notStarted(
              ActionEnding.TIMED_OUT, "the trigger's time was used up by earlier Actions");
      return recorded(bound, startedAt, budget.judged(late));
    }
    if (!breaker.admits(tenantId, version)) {
      return recorded(
          bound, startedAt, ActionResult.notStarted(ActionEnding.REFUSED, ActionRuns.PAUSED));
    }
    boolean fair = budget.isFair();
    long askedAt = System.nanoTime();
    ActionResult ran = result(bound.action(), event, remaining);
    budget.spent(askedAt, ran);
    ActionResult result = recorded(bound, startedAt, budget.judged(ran));
    if (breaker.ran(tenantId, version, result.ending(), fair)) {
      runs.paused(this, bound, breaker.pause());
    }
    return result;
  }

  private ActionResult recorded(BoundAction bound, Instant startedAt, ActionResult result) {
    runs.record(this, bound, result, startedAt, clock.instant());
    return result;
  }

  private ActionResult result(DeployedAction action, ObjectNode event, long remaining) {
    return client.run(
        new ActionInvocation(
            executionId.toString(),
            tenantId,
            trigger,
            action.version(),
            Json.write(event),
            action.secrets(),
            sensitive,
            remaining),
        runs.home());
  }
}
