package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One operation of the document.
 *
 * @param id {@code operationId}
 * @param method in upper case
 * @param template segments of the path; those in braces are parameters
 * @param scopes alternatives, each a set of scopes that are needed together; none for public ones
 * @param parameters of the query, by name
 * @param body how to check the body; absent if the operation takes none
 * @param transaction whether a call that writes is a transaction; not where it changes nothing and
 *     may take long ({@code x-transaction: false})
 * @param status of a success
 */
record Operation(
    String id,
    String method,
    List<String> template,
    List<Set<String>> scopes,
    QueryParameters.Schema parameters,
    Optional<Schemas.Check> body,
    boolean bodyRequired,
    boolean transaction,
    int status) {

  static Operation of(
      String method, String path, JsonNode json, ObjectNode document, Schemas schemas) {
    JsonNode body = json.path("requestBody");
    JsonNode schema = body.path("content").path("application/json").path("schema");
    Optional<Schemas.Check> check =
        schema.isMissingNode()
            ? Optional.empty()
            : Optional.of(schemas.referred(schema.path("$ref").asText()));
    return new Operation(
        json.path("operationId").asText(),
        method.toUpperCase(Locale.ROOT),
        List.of(path.substring(1).split("/", -1)),
        scopes(json.path("security")),
        QueryParameters.Schema.of(json.path("parameters"), document, schemas),
        check,
        body.path("required").asBoolean(false),
        json.path("x-transaction").asBoolean(true),
        success(json.path("responses")));
  }

  private static List<Set<String>> scopes(JsonNode security) {
    List<Set<String>> alternatives = new ArrayList<>();
    for (JsonNode alternative : security) {
      Set<String> scopes = new LinkedHashSet<>();
      alternative.path("management").forEach(scope -> scopes.add(scope.asText()));
      alternatives.add(scopes);
    }
    return alternatives;
  }

  private static int success(JsonNode responses) {
    for (Map.Entry<String, JsonNode> response : responses.properties()) {
      if (response.getKey().startsWith("2")) {
        return Integer.parseInt(response.getKey());
      }
    }
    throw new IllegalStateException("an operation says no success");
  }

  /** Whether a call changes something. */
  boolean writes() {
    return !method.equals("GET");
  }

  /** The path parameters of a path that this operation answers to, still encoded. */
  Optional<Map<String, String>> match(List<String> segments) {
    if (segments.size() != template.size()) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      String expected = template.get(i);
      if (expected.startsWith("{")) {
        values.put(expected.substring(1, expected.length() - 1), segments.get(i));
      } else if (!expected.equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }

  /** How many segments are fixed: of two that match, the one with more of them is meant. */
  long fixedSegments() {
    return template.stream().filter(segment -> !segment.startsWith("{")).count();
  }

  /** Refuses a caller that holds none of the alternatives. */
  void requireScope(Caller caller) {
    if (scopes.stream().noneMatch(caller.scopes()::containsAll)) {
      Set<String> expected = new LinkedHashSet<>();
      scopes.forEach(expected::addAll);
      throw ManagementException.of(
          403,
          "insufficient_scope",
          "Insufficient scope, expected any of: " + String.join(",", expected));
    }
  }

  /** Refuses a body that breaks the schema. */
  void requireValid(JsonNode json) {
    if (json.isMissingNode()) {
      if (bodyRequired) {
        throw ManagementException.invalidBody(new Violation("", "Missing request body"));
      }
      return;
    }
    Storable.require(json);
    body.flatMap(check -> check.violation(json))
        .ifPresent(
            violation -> {
              throw ManagementException.invalidBody(violation);
            });
  }
}
