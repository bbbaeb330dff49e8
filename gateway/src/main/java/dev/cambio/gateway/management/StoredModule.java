package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * A module of Actions: a draft, and what was published of it (contract actions-runtime §2.7).
 *
 * @param latest absent until the first publication
 * @param users how many Actions serve with some version of it
 */
record StoredModule(
    String id,
    String name,
    ActionContent draft,
    ActionBuild build,
    Optional<StoredVersion> latest,
    long users,
    OffsetDateTime createdAt,
    OffsetDateTime updatedAt) {

  boolean allChangesPublished() {
    return latest.filter(version -> version.content().sameAs(draft)).isPresent();
  }

  /** As answers show it. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id).put("name", name);
    addContent(json, draft);
    json.put("actions_using_module_total", users);
    json.put("all_changes_published", allChangesPublished());
    latest.ifPresent(version -> json.put("latest_version_number", version.number()));
    build.addTo(json);
    json.put("created_at", Dates.text(createdAt));
    json.put("updated_at", Dates.text(updatedAt));
    return json;
  }

  /** The same with its latest version, and with what its build printed. */
  ObjectNode details() {
    ObjectNode json = json();
    latest.ifPresent(version -> json.set("latest_version", json(version).without("module_id")));
    build.addLogTo(json);
    return json;
  }

  /** A version, as answers show it. */
  static ObjectNode json(StoredVersion version) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", version.id())
            .put("module_id", version.actionId())
            .put("version_number", version.number());
    addContent(json, version.content());
    return json.put("created_at", Dates.text(version.createdAt()));
  }

  private static void addContent(ObjectNode json, ActionContent content) {
    json.put("code", content.code());
    json.set("dependencies", content.dependencies());
    json.set("secrets", content.secrets().json());
  }
}
