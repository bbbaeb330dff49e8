package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionWorkbench;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * What building a draft came to (contract actions-runtime §2.3).
 *
 * @param errors {@code [{id, msg, url}]}; none if it was built
 */
record ActionBuild(ArrayNode errors, OffsetDateTime at) {
  private static final String SYNTAX = "syntax_error";

  /**
   * Builds a draft.
   *
   * @param problem what is wrong with the code
   */
  static ActionBuild of(
      ActionContent draft,
      Optional<String> problem,
      ActionWorkbench workbench,
      OffsetDateTime now) {
    ArrayNode errors = JsonNodeFactory.instance.arrayNode();
    problem.ifPresent(text -> errors.add(error(SYNTAX, text)));
    for (JsonNode dependency : draft.dependencies()) {
      String name = dependency.path("name").asText();
      if (!workbench.packages().contains(name)) {
        errors.add(
            error(
                "module_not_found",
                ("Compilation failed: Cannot find module '%s'."
                        + " This version installs no packages; it brings: %s")
                    .formatted(name, workbench.packageNames())));
      }
    }
    return new ActionBuild(errors, now);
  }

  private static ObjectNode error(String id, String text) {
    return JsonNodeFactory.instance.objectNode().put("id", id).put("msg", text).put("url", "");
  }

  boolean succeeded() {
    return errors.isEmpty();
  }

  String status() {
    return succeeded() ? "built" : "failed";
  }

  /** What was wrong with the code. */
  Optional<String> problem() {
    for (JsonNode error : errors) {
      if (error.path("id").asText().equals(SYNTAX)) {
        return Optional.of(error.path("msg").asText());
      }
    }
    return Optional.empty();
  }

  ObjectNode stored() {
    ObjectNode stored = JsonNodeFactory.instance.objectNode().put("at", Dates.text(at));
    stored.set("errors", errors);
    return stored;
  }
}
