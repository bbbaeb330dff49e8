package dev.cambio.gateway.trial;

import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import java.time.Duration;
import java.util.Map;

/**
 * What is tried.
 *
 * @param id of the Action, or what stands for it
 * @param code its source
 */
public record TriedAction(
    String id, String name, Trigger trigger, String code, Map<String, String> secrets) {

  /**
   * The run to ask for.
   *
   * @param executionId names the run in logs
   * @param budget wall-clock time
   */
  public ActionInvocation invocation(
      String executionId, String tenantId, TrialEvent event, ActionTrial trial, Duration budget) {
    String hash = ActionVersion.hashOf(code);
    return new ActionInvocation(
            executionId,
            tenantId,
            trigger,
            new ActionVersion(id, name, "draft-" + hash, hash),
            event.text(),
            secrets,
            event.tokens(),
            budget.toMillis())
        .tried(trial);
  }

  /** Names the Action; its code and its secrets stay out. */
  @Override
  public String toString() {
    return "TriedAction[" + name + "]";
  }
}
