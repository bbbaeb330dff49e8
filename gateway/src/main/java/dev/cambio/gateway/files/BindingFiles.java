package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.Trigger;
import java.util.Map;

/** The Actions of a trigger, in order; a trigger that the file names is replaced as a whole. */
record BindingFiles(ImportRun run, ActionFiles actions) {
  void importAll(Entry root) {
    Entry triggers = root.object("triggers");
    for (Map.Entry<String, JsonNode> member : triggers.json().properties()) {
      String trigger = member.getKey();
      if (Trigger.find(trigger).filter(Trigger::isBound).isPresent()) {
        importTrigger(triggers, trigger);
      } else if (!member.getValue().isEmpty()) {
        run.report().ignore(triggers.at(trigger), "this trigger runs no bound Actions");
      }
    }
  }

  private void importTrigger(Entry triggers, String name) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode bindings = body.putArray("bindings");
    run.each(triggers.distinct(name, "action_name"), entry -> add(entry, name, bindings));
    Map<String, String> trigger = Map.of("id", name);
    JsonNode before = bound(trigger);
    run.call(triggers.at(name), "updateBindings", trigger, body);
    run.report().written("triggers", name, before, bound(trigger));
  }

  private void add(Entry entry, String trigger, ArrayNode bindings) {
    String name = entry.text("action_name");
    actions.requireDeployed(entry, "action_name", trigger);
    ObjectNode binding = bindings.addObject();
    binding.putObject("ref").put("type", "action_name").put("value", name);
    binding.put("display_name", entry.optionalText("display_name").orElse(name));
  }

  private ObjectNode bound(Map<String, String> trigger) {
    ObjectNode bound = JsonNodeFactory.instance.objectNode();
    ArrayNode names = bound.putArray("actions");
    run.pages("getBindings", "bindings", trigger, Map.of())
        .forEach(
            binding ->
                names
                    .addObject()
                    .put("id", binding.path("id").asText())
                    .put("action_name", binding.path("action").path("name").asText())
                    .put("display_name", binding.path("display_name").asText()));
    return bound;
  }
}
