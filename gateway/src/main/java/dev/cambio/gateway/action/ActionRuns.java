package dev.cambio.gateway.action;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionResult;
import java.util.ArrayList;
import java.util.List;

/**
 * The Action runs of one request, and {@code actions_execution_failed} of those that failed
 * (contract token-endpoint §10.4). Used by one thread.
 */
public final class ActionRuns {
  private final List<ObjectNode> failures = new ArrayList<>();
  private final List<String> executions = new ArrayList<>();

  /** Notes a run, and its failure if it failed. */
  public void record(TriggerRun run, BoundAction bound, ActionResult result) {
    if (!executions.contains(run.executionId())) {
      executions.add(run.executionId());
    }
    ActionError error = result.error();
    if (result.ending() == ActionEnding.RETURNED || error == null) {
      return;
    }
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("trigger_id", run.trigger().id())
            .put("execution_id", run.executionId())
            .put("action_id", bound.action().version().actionId())
            .put("action_name", bound.action().version().actionName())
            .put("version_id", bound.action().version().versionId())
            .put("binding_id", bound.bindingId())
            .put("error_class", errorClass(result.ending()));
    entry
        .putObject("action_error")
        .put("name", error.name())
        .put("message", error.message())
        .put("code", error.code())
        .put("stack", error.stack());
    failures.add(entry);
  }

  private static String errorClass(ActionEnding ending) {
    return switch (ending) {
      case TIMED_OUT -> "action_timeout";
      case OVERLOADED -> "rate_limited";
      case CRASHED, CODE_UNAVAILABLE -> "platform_error";
      case RETURNED, THREW, OUT_OF_MEMORY -> "action_error";
    };
  }

  /** The {@code details} of each failure, in order. */
  public List<ObjectNode> failures() {
    return failures;
  }

  /** Ids of all trigger runs of the request. */
  public List<String> executions() {
    return executions;
  }
}
