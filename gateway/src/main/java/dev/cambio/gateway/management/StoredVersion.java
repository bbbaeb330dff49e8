package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * An immutable version of an Action.
 *
 * @param number counts from 1 within the Action
 * @param buildId of the packages it has; absent without
 */
record StoredVersion(
    String id,
    String actionId,
    int number,
    ActionContent content,
    Optional<String> buildId,
    OffsetDateTime createdAt) {

  /**
   * As answers show it.
   *
   * @param deployed whether it is the one that serves
   */
  ObjectNode json(boolean deployed) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id)
            .put("action_id", actionId)
            .put("number", number)
            .put("deployed", deployed)
            // Only what was built becomes a version.
            .put("status", "built");
    content.addTo(json);
    json.putArray("errors");
    json.put("built_at", Dates.text(createdAt));
    json.put("created_at", Dates.text(createdAt));
    json.put("updated_at", Dates.text(createdAt));
    return json;
  }

  /** The short form that Actions show of the version that serves. */
  ObjectNode summary() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("number", number)
        .put("code", content.code())
        .put("runtime", content.runtime())
        .put("status", "built")
        .put("build_time", Dates.text(createdAt))
        .put("created_at", Dates.text(createdAt))
        .put("updated_at", Dates.text(createdAt));
  }
}
