package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Actions, matched by name, deployed if the file says so and something has changed. */
final class ActionFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ActionFiles.class);
  private static final String KIND = "actions";
  private static final Set<String> NOT_SENT =
      Set.of("code", "deployed", "status", "id", "created_at", "updated_at", "built_at");
  private static final String DEFAULT_RUNTIME = "node22";

  private final ImportRun run;
  private final ModuleFiles modules;
  private final Map<String, ObjectNode> byName = new HashMap<>();

  ActionFiles(ImportRun run, ModuleFiles modules) {
    this.run = run;
    this.modules = modules;
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
    if (entry.has("modules")) {
      body.set("modules", modules.references(entry));
    }
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

  /** What cannot be built stops the import, deployed or not: nobody wants it so. */
  static void requireBuilt(Entry entry, JsonNode draft) {
    if (!draft.path("status").asText().equals("built")) {
      JsonNode error = draft.path("errors").path(0).path("msg");
      throw entry.at("code").problem(entry.text("code") + ": " + error.asText("cannot be built"));
    }
  }

  /**
   * Shows each piece of code in the files with its dependencies; what is not as it should be is
   * left out, since the import proper complains of all faults at once.
   */
  static void eachCode(TenantFiles files, Entry root, BiConsumer<String, JsonNode> taker) {
    for (String section : List.of("actionModules", KIND)) {
      try {
        for (Entry entry : root.list(section)) {
          taker.accept(files.sideFile(entry, "code"), entry.json().path("dependencies"));
        }
      } catch (TenantImportException fault) {
        LOG.debug("Nothing to be built ahead: {}", fault.getMessage());
      }
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
