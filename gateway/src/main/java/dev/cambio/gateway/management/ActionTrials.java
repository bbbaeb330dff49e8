package dev.cambio.gateway.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionWorkbench;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.ConsoleLine;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

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
    String hash =
        StoredActions.storeCode(
            call, actions.program(call, action.draft(), action.build().buildId()).text());
    ActionResult result =
        workbench
            .trial()
            .apply(
                new ActionInvocation(
                    ids.uuid(),
                    call.tenant().id(),
                    trigger,
                    // Contexts are kept by version: equal drafts may share one, versions never do.
                    new ActionVersion(action.id(), action.name(), "draft-" + hash, hash),
                    Json.write(event(call.object().path("payload"))),
                    modules.secrets(call, action.draft()),
                    List.of(),
                    workbench.budget().toMillis()));
    if (!result.ending().started()) {
      throw ManagementException.of(
          503, "actions_unavailable", "No actions node could run the Action; try again.");
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("payload", outcome(result));
    return Answer.of(body);
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

  /** The payload is the event, or holds it as a member. */
  private static JsonNode event(JsonNode payload) {
    return payload.path("event").isObject() ? payload.path("event") : payload;
  }

  private static ObjectNode outcome(ActionResult result) {
    ObjectNode outcome = JsonNodeFactory.instance.objectNode();
    ArrayNode commands = outcome.putArray("commands");
    result.commands().forEach(command -> commands.add(tree(command)));
    ArrayNode logs = outcome.putArray("logs");
    for (ConsoleLine line : result.console()) {
      logs.addObject().put("level", line.level()).put("text", line.text()).put("ts", line.at());
    }
    ActionError error = result.error();
    if (error != null) {
      outcome.putObject("error").put("name", error.name()).put("message", error.message());
    }
    outcome
        .putObject("stats")
        .put("duration_ms", TimeUnit.MICROSECONDS.toMillis(result.timings().ran()));
    return outcome;
  }

  private static JsonNode tree(ActionCommand command) {
    try {
      return Json.parse(Json.write(command));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a command is not readable", e);
    }
  }
}
