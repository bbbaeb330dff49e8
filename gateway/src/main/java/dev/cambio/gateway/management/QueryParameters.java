package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.inbound.FormBody;
import dev.cambio.gateway.store.StorableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The query of a call, checked: integers, flags, strings, and lists of strings for parameters that
 * may be repeated.
 */
public final class QueryParameters {
  /** No parameters. */
  static final QueryParameters NONE = new QueryParameters(JsonNodeFactory.instance.objectNode());

  private static final Set<String> PAGING = Set.of("page", "per_page", "take", "from");

  private final ObjectNode values;

  private QueryParameters(ObjectNode values) {
    this.values = values;
  }

  /** What an operation's query may hold. */
  record Schema(ObjectNode properties, Schemas.Check check) {

    static Schema of(JsonNode parameters, ObjectNode document, Schemas schemas) {
      ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
      schema.put("additionalProperties", false);
      ObjectNode properties = schema.putObject("properties");
      ArrayNode required = schema.putArray("required");
      for (JsonNode given : parameters) {
        JsonNode parameter =
            given.has("$ref") ? document.at(given.get("$ref").asText().substring(1)) : given;
        if (parameter.path("in").asText().equals("query")) {
          properties.set(parameter.path("name").asText(), parameter.path("schema"));
          if (parameter.path("required").asBoolean(false)) {
            required.add(parameter.path("name").asText());
          }
        }
      }
      return new Schema(properties, schemas.standalone(schema));
    }

    private String type(String name) {
      return properties.path(name).path("type").asText("string");
    }
  }

  /** Reads and checks a raw query string. */
  static QueryParameters parse(String query, Schema schema) {
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, String> parameter : pairs(query)) {
      add(values, parameter.getKey(), parameter.getValue(), schema.type(parameter.getKey()));
    }
    return checked(values, schema);
  }

  /** Checks values that come from within. */
  static QueryParameters of(Map<String, String> given, Schema schema) {
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    given.forEach((name, value) -> add(values, name, value, schema.type(name)));
    return checked(values, schema);
  }

  private static QueryParameters checked(ObjectNode values, Schema schema) {
    schema
        .check()
        .violation(values)
        .ifPresent(
            violation -> {
              throw problem(violation.path(), violation.text());
            });
    return new QueryParameters(values);
  }

  private static List<Map.Entry<String, String>> pairs(String query) {
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    for (String pair : query.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        pairs.add(Map.entry(name, equals < 0 ? "" : decoded(pair.substring(equals + 1))));
      }
    }
    return pairs;
  }

  private static String decoded(String encoded) {
    try {
      String text = FormBody.decode(encoded);
      if (StorableText.is(text)) {
        return text;
      }
    } catch (OAuthException e) {
      // Fall through to the complaint that this API makes.
    }
    throw ManagementException.invalidQuery("'Object didn't pass validation for format utf-8'.");
  }

  private static void add(ObjectNode values, String name, String text, String type) {
    if (type.equals("array")) {
      values.withArray("/" + name.replace("~", "~0").replace("/", "~1")).add(text);
      return;
    }
    if (values.has(name)) {
      throw problem(name, "'Given more than once' on property " + name + ".");
    }
    values.set(name, typed(text, type));
  }

  /** The value in its type, or the text as it is for the schema to refuse. */
  private static JsonNode typed(String text, String type) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    if (type.equals("boolean") && (text.equals("true") || text.equals("false"))) {
      return json.booleanNode(text.equals("true"));
    }
    if (type.equals("integer") && text.matches("-?[0-9]{1,9}")) {
      return json.numberNode(Integer.parseInt(text));
    }
    return TextNode.valueOf(text);
  }

  private static ManagementException problem(String name, String detail) {
    return ManagementException.of(
        400,
        PAGING.contains(name) ? "invalid_paging" : "invalid_query_string",
        "Query validation error: " + detail);
  }

  /** A parameter's value as text. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).map(JsonNode::asText);
  }

  /** A number; the given one if absent. */
  public int number(String name, int absent) {
    return values.path(name).asInt(absent);
  }

  /** A flag; absent if not sent. */
  public Optional<Boolean> flag(String name) {
    return Optional.ofNullable(values.get(name)).map(JsonNode::booleanValue);
  }

  /** Every value of a parameter that may be repeated. */
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    values.path(name).forEach(value -> texts.add(value.asText()));
    return texts;
  }

  public boolean has(String name) {
    return values.has(name);
  }
}
