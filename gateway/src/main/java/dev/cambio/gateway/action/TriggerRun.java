package dev.cambio.gateway.action;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
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
  private final long deadline;

  private TriggerRun(
      ActionClient client,
      String tenantId,
      Trigger trigger,
      List<String> sensitive,
      Duration budget,
      ActionRuns runs,
      Clock clock) {
    this.client = client;
    this.tenantId = tenantId;
    this.trigger = trigger;
    this.sensitive = sensitive;
    this.runs = runs;
    this.clock = clock;
    this.executionId = executionId(clock.millis());
    this.deadline = System.nanoTime() + budget.toNanos();
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
    return new TriggerRun(client, tenantId, trigger, sensitive, budget, runs, clock);
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
    Instant startedAt = clock.instant();
    ActionResult result = result(bound.action(), event);
    runs.record(this, bound, result, startedAt, clock.instant());
    return result;
  }

  private ActionResult result(DeployedAction action, ObjectNode event) {
    long remaining = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (remaining <= 0) {
      return ActionResult.notStarted(
          ActionEnding.TIMED_OUT, "the trigger's time was used up by earlier Actions");
    }
    return client.run(
        new ActionInvocation(
            executionId.toString(),
            tenantId,
            trigger,
            action.version(),
            Json.write(event),
            action.secrets(),
            sensitive,
            remaining));
  }
}
