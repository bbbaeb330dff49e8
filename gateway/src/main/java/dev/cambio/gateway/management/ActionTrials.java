package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionWorkbench;
import dev.cambio.gateway.trial.TrialEvent;
import dev.cambio.gateway.trial.TrialException;
import dev.cambio.gateway.trial.TrialOptions;
import dev.cambio.gateway.trial.TrialReport;
import dev.cambio.gateway.trial.TriedAction;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.Trigger;
import java.util.List;
import java.util.Optional;

/**
 * Runs a draft where Actions run, to see what it does (contract actions-runtime §12). What it asks
 * for is shown and not done. Not in a transaction: the code must be there for others to fetch.
 */
final class ActionTrials implements Operations.Resource {
  private final StoredActions actions;
  private final StoredModules modules;
  private final ActionWorkbench workbench;
  private final Ids ids;

  ActionTrials(StoredActions actions, StoredModules modules, ActionWorkbench workbench, Ids ids) {
    this.actions = actions;
    this.modules = modules;
    this.workbench = workbench;
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations.on("testAction", this::test);
  }

  private Answer test(Call call) {
    StoredAction action = actions.require(call, call.path("id"));
    Trigger trigger =
        trigger(action.draft())
            .orElseThrow(
                () ->
                    ManagementException.invalidBody(
                        "None of the triggers that the Action supports is executed here."));
    action.build().packages().ifPresent(build -> action.build().require("tried"));
    TriedAction tried =
        new TriedAction(
            action.id(),
            action.name(),
            trigger,
            actions.program(call, action.draft(), action.build().buildId()).text(),
            modules.secrets(call, action.draft()));
    TrialEvent event;
    ActionTrial trial;
    try {
      event = TrialEvent.of(call.object().path("payload"));
      trial = trial(call.object());
    } catch (TrialException e) {
      throw ManagementException.invalidBody(String.valueOf(e.getMessage()));
    }
    StoredActions.storeCode(call, tried.code());
    ActionResult result =
        workbench
            .trial()
            .apply(
                tried.invocation(ids.uuid(), call.tenant().id(), event, trial, workbench.budget()));
    if (result.ending().platformFault()) {
      throw ManagementException.of(
          503, "actions_unavailable", "No actions node could run the Action; try again.");
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("payload", TrialReport.of(tried, event, result).json());
    return Answer.of(body);
  }

  private static ActionTrial trial(ObjectNode body) {
    return new ActionTrial(
        body.has("clock") ? TrialOptions.clock(body.path("clock").asText()) : null,
        body.has("seed") ? body.path("seed").asLong() : null,
        TrialOptions.fetching(body.path("fetch").asText("live")),
        body.path("record").asBoolean(false),
        body.has("recording") ? TrialOptions.recording(body.path("recording")) : List.of());
  }

  private static Optional<Trigger> trigger(ActionContent draft) {
    for (JsonNode supported : draft.triggers()) {
      Optional<Trigger> trigger = Trigger.find(supported.path("id").asText());
      if (trigger.isPresent()) {
        return trigger;
      }
    }
    return Optional.empty();
  }
}
