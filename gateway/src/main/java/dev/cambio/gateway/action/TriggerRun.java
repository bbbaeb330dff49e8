package dev.cambio.gateway.action;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import java.time.Duration;
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
  private final String executionId = UUID.randomUUID().toString();
  private final long deadline;

  private TriggerRun(
      ActionClient client,
      String tenantId,
      Trigger trigger,
      List<String> sensitive,
      Duration budget) {
    this.client = client;
    this.tenantId = tenantId;
    this.trigger = trigger;
    this.sensitive = sensitive;
    this.deadline = System.nanoTime() + budget.toNanos();
  }

  /**
   * Begins a run; the budget starts now.
   *
   * @param sensitive values that console output must not show, beside the Action's secrets
   */
  public static TriggerRun begin(
      ActionClient client,
      String tenantId,
      Trigger trigger,
      List<String> sensitive,
      Duration budget) {
    return new TriggerRun(client, tenantId, trigger, sensitive, budget);
  }

  public String executionId() {
    return executionId;
  }

  public Trigger trigger() {
    return trigger;
  }

  /** Runs one Action with its own copy of the event. */
  public ActionResult run(DeployedAction action, ObjectNode event) {
    long remaining = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (remaining <= 0) {
      return ActionResult.notStarted(
          ActionEnding.TIMED_OUT, "the trigger's time was used up by earlier Actions");
    }
    return client.run(
        new ActionInvocation(
            executionId,
            tenantId,
            trigger,
            action.version(),
            Json.write(event),
            action.secrets(),
            sensitive,
            remaining));
  }
}
