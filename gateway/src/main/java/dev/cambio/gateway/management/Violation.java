package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.json.schema.OutputUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where and how JSON breaks its schema.
 *
 * @param path the property, e.g. {@code scopes[0].value}; empty for the whole
 * @param detail what is wrong with it
 */
public record Violation(String path, String detail) {
  /** Keywords that report once more what a keyword below them has said. */
  private static final Set<String> WRAPPERS =
      Set.of("properties", "items", "$ref", "allOf", "anyOf", "oneOf", "patternProperties");

  /** As it stands in error messages. */
  public String text() {
    return path.isEmpty() ? "'" + detail + "'." : "'" + detail + "' on property " + path + ".";
  }

  /**
   * The first thing that is wrong.
   *
   * @param schema the schema that was broken
   * @param document what its references are relative to
   */
  static Violation of(List<OutputUnit> units, JsonNode schema, JsonNode document, JsonNode json) {
    for (OutputUnit unit : units) {
      List<String> keywordPath = tokens(unit.getKeywordLocation());
      List<String> instancePath = tokens(unit.getInstanceLocation());
      Optional<Violation> violation =
          of(unit, keywordPath, instancePath, schema, document, at(json, instancePath));
      if (violation.isPresent()) {
        return violation.get();
      }
    }
    return new Violation("", "Object didn't pass validation");
  }

  private static Optional<Violation> of(
      OutputUnit unit,
      List<String> keywordPath,
      List<String> instancePath,
      JsonNode schema,
      JsonNode document,
      JsonNode value) {
    String keyword = keywordPath.getLast();
    if (WRAPPERS.contains(keyword)) {
      return Optional.empty();
    }
    JsonNode holder = schemaAt(schema, document, keywordPath.subList(0, keywordPath.size() - 1));
    JsonNode limit = holder.path(keyword);
    if (keyword.equals("additionalProperties")) {
      String name = instancePath.getLast();
      boolean unknown = limit.isBoolean() && !holder.path("properties").has(name);
      return unknown
          ? Optional.of(
              new Violation(
                  path(instancePath.subList(0, instancePath.size() - 1)),
                  "Additional properties not allowed: " + name))
          : Optional.empty();
    }
    return Optional.of(
        new Violation(path(instancePath), detail(keyword, limit, value, unit.getError())));
  }

  private static String detail(String keyword, JsonNode limit, JsonNode value, String error) {
    return switch (keyword) {
      case "required" -> "Missing required property: " + quoted(error);
      case "type" ->
          "Expected type %s but found type %s".formatted(types(limit), Violation.type(value));
      case "enum" -> "No enum match, expected one of: " + types(limit);
      case "const" -> "Expected the value " + limit.asText();
      case "minLength" ->
          "String is too short (%d chars), minimum %s".formatted(value.asText().length(), limit);
      case "maxLength" ->
          "String is too long (%d chars), maximum %s".formatted(value.asText().length(), limit);
      case "pattern" -> "String does not match pattern: " + limit.asText();
      case "format" -> "Object didn't pass validation for format " + limit.asText();
      case "minimum" -> "Value %s is less than minimum %s".formatted(value, limit);
      case "maximum" -> "Value %s is greater than maximum %s".formatted(value, limit);
      case "minItems" -> "Array is too short (%d), minimum %s".formatted(value.size(), limit);
      case "maxItems" -> "Array is too long (%d), maximum %s".formatted(value.size(), limit);
      case "uniqueItems" -> "Array items are not unique";
      case "minProperties" ->
          "Too few properties defined (%d), minimum %s".formatted(value.size(), limit);
      case "maxProperties" ->
          "Too many properties defined (%d), maximum %s".formatted(value.size(), limit);
      default -> "Object didn't pass validation for " + keyword;
    };
  }

  /** The property that an error about a missing one names. */
  private static String quoted(String error) {
    return error.substring(error.indexOf('"') + 1, error.lastIndexOf('"'));
  }

  private static String types(JsonNode limit) {
    if (!limit.isArray()) {
      return limit.asText();
    }
    List<String> types = new ArrayList<>();
    limit.forEach(type -> types.add(type.asText()));
    return String.join(", ", types);
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT, POJO -> "object";
      case ARRAY -> "array";
      case STRING, BINARY -> "string";
      case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
      case BOOLEAN -> "boolean";
      case NULL, MISSING -> "null";
    };
  }

  /** Follows a keyword location, which names the references on the way. */
  private static JsonNode schemaAt(JsonNode schema, JsonNode document, List<String> path) {
    JsonNode at = schema;
    for (String token : path) {
      at =
          token.equals("$ref")
              ? document.at(at.path("$ref").asText().substring(1))
              : at(at, List.of(token));
    }
    return at;
  }

  private static JsonNode at(JsonNode json, List<String> path) {
    JsonNode at = json;
    for (String token : path) {
      at = at.isArray() && isIndex(token) ? at.path(Integer.parseInt(token)) : at.path(token);
    }
    return at;
  }

  private static boolean isIndex(String token) {
    return !token.isEmpty() && token.length() < 10 && token.chars().allMatch(Character::isDigit);
  }

  private static String path(List<String> tokens) {
    StringBuilder path = new StringBuilder();
    for (String token : tokens) {
      if (isIndex(token)) {
        path.append('[').append(token).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(token);
      }
    }
    return path.toString();
  }

  /** The tokens of a JSON pointer in a fragment. */
  private static List<String> tokens(String pointer) {
    List<String> tokens = new ArrayList<>();
    String[] parts = pointer.split("/", -1);
    for (int i = 1; i < parts.length; i++) {
      tokens.add(parts[i].replace("~1", "/").replace("~0", "~"));
    }
    return tokens;
  }
}
