package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Actions, matched by name, deployed if the file says so and something has changed. */
final class ActionFiles {
  private static final String KIND = "actions";
  private static final Set<String> NOT_SENT =
      Set.of("code", "deployed", "status", "id", "created_at", "updated_at", "built_at");
  private static final String DEFAULT_RUNTIME = "node22";

  private final ImportRun run;
  private final Map<String, ObjectNode> byName = new HashMap<>();

  ActionFiles(ImportRun run) {
    this.run = run;
    run.pages("listActions", "actions", Map.of(), Map.of()).forEach(this::remember);
  }

  private void remember(ObjectNode action) {
    byName.put(action.path("name").asText(), action);
  }

  void importAll(Entry root) {
    run.each(root.distinct("actions", "name"), this::importOne);
  }

  private void importOne(Entry entry) {
    String name = entry.text("name");
    entry.distinct("secrets", "name").forEach(secret -> run.checkSecret(secret, "value"));
    ObjectNode body = entry.without(NOT_SENT);
    body.put("code", run.files().sideFile(entry, "code"));
    if (!body.has("runtime")) {
      body.put("runtime", DEFAULT_RUNTIME);
    }
    Optional<ObjectNode> stored = Optional.ofNullable(byName.get(name));
    JsonNode saved =
        stored.isEmpty()
            ? run.create(entry, "createAction", body, Optional.empty())
            : run.call(entry, "updateAction", Map.of("id", stored.get().path("id").asText()), body);
    Map<String, String> id = Map.of("id", saved.path("id").asText());
    requireBuilt(entry, saved);
    if (entry.flag("deployed", false)) {
      run.call(entry, "deployAction", id, run.nothing());
    }
    ObjectNode now = (ObjectNode) run.get("getAction", id);
    remember(now);
    if (stored.isEmpty()) {
      run.report().created(KIND, name, now);
    } else {
      run.report().written(KIND, name, stored.get(), now);
    }
  }

  /** An Action that cannot be built stops the import, deployed or not: nobody wants it so. */
  private static void requireBuilt(Entry entry, JsonNode action) {
    if (action.path("status").asText().equals("failed")) {
      JsonNode error = action.path("errors").path(0).path("msg");
      throw entry.at("code").problem(entry.text("code") + ": " + error.asText("cannot be built"));
    }
  }

  /** A deployed Action for a trigger, by name or, where files give one, by id. */
  ObjectNode requireDeployed(Entry entry, String member, String trigger) {
    String given = entry.text(member);
    ObjectNode action =
        byName.values().stream()
            .filter(
                candidate ->
                    candidate
                        .path(member.equals("action_id") ? "id" : "name")
                        .asText()
                        .equals(given))
            .findFirst()
            .orElseThrow(
                () -> run.unknown(entry.at(member), given, "no Action named '" + given + "'"));
    if (!action.path("deployed_version").has("id")) {
      throw entry.at(member).problem("the Action '" + given + "' is not deployed");
    }
    for (JsonNode supported : action.path("supported_triggers")) {
      if (supported.path("id").asText().equals(trigger)) {
        return action;
      }
    }
    throw entry.at(member).problem("the Action '" + given + "' does not support " + trigger);
  }
}
