package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Modules of Actions, matched by name; published if something has changed, unless the file says
 * that it held changes that were not.
 */
final class ModuleFiles {
  private static final String KIND = "action modules";
  private static final Set<String> SENT = Set.of("name", "code", "dependencies", "secrets");

  private final ImportRun run;
  private final Map<String, ObjectNode> byName = new HashMap<>();

  ModuleFiles(ImportRun run) {
    this.run = run;
    run.pages("listActionModules", "modules", Map.of(), Map.of()).forEach(this::remember);
  }

  private void remember(ObjectNode module) {
    byName.put(module.path("name").asText(), module);
  }

  void importAll(Entry root) {
    run.each(root.distinct("actionModules", "name"), this::importOne);
  }

  private void importOne(Entry entry) {
    String name = entry.text("name");
    entry.distinct("secrets", "name").forEach(secret -> run.checkSecret(secret, "value"));
    ObjectNode body = entry.json().deepCopy().retain(SENT);
    body.put("code", run.files().sideFile(entry, "code"));
    Optional<ObjectNode> stored = Optional.ofNullable(byName.get(name));
    JsonNode saved =
        stored.isEmpty()
            ? run.create(entry, "createActionModule", body, Optional.empty())
            : run.call(
                entry,
                "updateActionModule",
                Map.of("id", stored.get().path("id").asText()),
                body.without("name"));
    ActionFiles.requireBuilt(entry, saved);
    Map<String, String> id = Map.of("id", saved.path("id").asText());
    if (entry.flag("all_changes_published", true)
        && !saved.path("all_changes_published").asBoolean()) {
      run.call(entry, "publishActionModule", id, run.nothing());
    }
    ObjectNode now = (ObjectNode) run.get("getActionModule", id);
    remember(now);
    if (stored.isEmpty()) {
      run.report().created(KIND, name, now);
    } else {
      run.report().written(KIND, name, stored.get(), now);
    }
  }

  /**
   * What an Action's entry refers to, as the Management API takes it. Versions are counted anew in
   * each tenant: one that is not there means the latest.
   */
  ArrayNode references(Entry action) {
    ArrayNode references = JsonNodeFactory.instance.arrayNode();
    for (Entry entry : action.list("modules")) {
      String name = entry.text("module_name");
      ObjectNode module = byName.get(name);
      if (module == null) {
        throw run.unknown(entry.at("module_name"), name, "no module named '" + name + "'");
      }
      references.addObject().put("module_version_id", version(entry, module).path("id").asText());
    }
    return references;
  }

  private JsonNode version(Entry entry, ObjectNode module) {
    Map<String, String> id = Map.of("id", module.path("id").asText());
    List<ObjectNode> versions = run.pages("listActionModuleVersions", "versions", id, Map.of());
    return versions.stream()
        .filter(
            version ->
                version.path("version_number").equals(entry.json().path("module_version_number")))
        .findFirst()
        .or(() -> versions.stream().findFirst())
        .orElseThrow(() -> entry.at("module_name").problem("the module is not published"));
  }
}
