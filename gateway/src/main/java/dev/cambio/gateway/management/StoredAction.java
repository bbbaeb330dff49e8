package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * An Action: a draft, and the version that serves.
 *
 * @param deployed absent until the first deployment
 */
record StoredAction(
    String id,
    String name,
    ActionContent draft,
    ActionBuild build,
    Optional<StoredVersion> deployed,
    OffsetDateTime createdAt,
    OffsetDateTime updatedAt) {

  boolean allChangesDeployed() {
    return deployed.filter(version -> version.content().sameAs(draft)).isPresent();
  }

  boolean isDeployed(StoredVersion version) {
    return deployed.filter(live -> live.id().equals(version.id())).isPresent();
  }

  /** As answers show it. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id).put("name", name);
    draft.addTo(json);
    build.addTo(json);
    json.put("all_changes_deployed", allChangesDeployed());
    deployed.ifPresent(
        version -> {
          json.set("current_version", version.summary());
          json.set("deployed_version", version.json(true));
        });
    json.put("created_at", Dates.text(createdAt));
    json.put("updated_at", Dates.text(updatedAt));
    return json;
  }

  /** The same with what its build printed. */
  ObjectNode jsonWithLog() {
    ObjectNode json = json();
    build.addLogTo(json);
    return json;
  }

  /** A version with the Action it belongs to, as answers show it. */
  ObjectNode json(StoredVersion version) {
    ObjectNode json = version.json(isDeployed(version));
    json.putObject("action")
        .put("id", id)
        .put("name", name)
        .put("all_changes_deployed", allChangesDeployed())
        .put("created_at", Dates.text(createdAt))
        .put("updated_at", Dates.text(updatedAt))
        .set("supported_triggers", draft.triggers());
    return json;
  }
}
