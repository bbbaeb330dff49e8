package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.packages.PackageBuild;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * What building a draft came to, or how far it is (contract actions-runtime §2.3, §2.5).
 *
 * @param faults of the draft itself: {@code [{id, msg, url}]}
 * @param at when the draft was looked at
 * @param packages absent if it has none to install
 */
record ActionBuild(ArrayNode faults, OffsetDateTime at, Optional<PackageBuild> packages) {
  private static final String SYNTAX = "syntax_error";

  /**
   * Builds a draft.
   *
   * @param problem what is wrong with the code
   */
  static ActionBuild of(
      Optional<String> problem, Optional<PackageBuild> packages, OffsetDateTime now) {
    ArrayNode faults = JsonNodeFactory.instance.arrayNode();
    problem.ifPresent(text -> faults.addObject().put("id", SYNTAX).put("msg", text).put("url", ""));
    return new ActionBuild(faults, now, packages);
  }

  /** Why it failed: {@code [{id, msg, url}]}; none otherwise. */
  ArrayNode errors() {
    ArrayNode errors = faults.deepCopy();
    packages.ifPresent(build -> errors.addAll(build.errors()));
    return errors;
  }

  String status() {
    return faults.isEmpty() ? packages.map(PackageBuild::status).orElse("built") : "failed";
  }

  boolean succeeded() {
    return status().equals("built");
  }

  /** Whether it may still come to something by itself. */
  boolean underWay() {
    return status().equals("pending") || status().equals("building");
  }

  Optional<String> buildId() {
    return packages.map(PackageBuild::id);
  }

  /** Refuses to have anything served that is not built. */
  void require(String what) {
    if (!succeeded()) {
      String state =
          status().equals("failed")
              ? "Its build failed: " + errors().path(0).path("msg").asText()
              : "Its build is " + status();
      throw ManagementException.invalidBody(
          "A draft must be in the 'built' state before it can be %s. %s".formatted(what, state));
    }
  }

  /** What was wrong with the code. */
  Optional<String> problem() {
    for (JsonNode error : faults) {
      if (error.path("id").asText().equals(SYNTAX)) {
        return Optional.of(error.path("msg").asText());
      }
    }
    return Optional.empty();
  }

  /** Whether nothing is to be noted with the draft: how far packages are is noted elsewhere. */
  boolean sameAs(ActionBuild other) {
    return faults.equals(other.faults) && buildId().equals(other.buildId());
  }

  ObjectNode stored() {
    ObjectNode stored = JsonNodeFactory.instance.objectNode().put("at", Dates.text(at));
    stored.set("errors", faults);
    return stored;
  }

  /** As answers show it. */
  void addTo(ObjectNode json) {
    json.put("status", status());
    if (!errors().isEmpty()) {
      json.set("errors", errors());
    }
    OffsetDateTime done = packages.flatMap(PackageBuild::finishedAt).orElse(at);
    if (packages.isEmpty() || packages.get().finishedAt().isPresent()) {
      json.put("built_at", Dates.text(done.isAfter(at) ? done : at));
    }
  }

  /** What npm and the bundler printed, which lists do without. */
  void addLogTo(ObjectNode json) {
    packages.ifPresent(build -> json.put("build_log", build.log()));
  }
}
