package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import java.util.List;
import java.util.Optional;

/** The JSON schemas of the OpenAPI document, ready to validate with. Thread-safe. */
final class Schemas {
  private static final String DOCUMENT = "cambio://management";
  private static final String BASE = "cambio://base/";

  private final ObjectNode document;
  private final SchemaRepository repository;

  Schemas(ObjectNode document) {
    this.document = document;
    this.repository = SchemaRepository.create(options());
    repository.dereference(DOCUMENT, JsonSchema.of(schemasOf(document)));
  }

  private static JsonSchemaOptions options() {
    return new JsonSchemaOptions()
        .setBaseUri(BASE)
        .setDraft(Draft.DRAFT202012)
        .setOutputFormat(OutputFormat.Basic);
  }

  /** Only what references lead to: paths are no schemas. */
  private static JsonObject schemasOf(ObjectNode document) {
    ObjectNode only = JsonNodeFactory.instance.objectNode();
    only.putObject("components").set("schemas", document.at("/components/schemas"));
    return new JsonObject(Json.write(only));
  }

  /** A check of JSON against one schema. */
  interface Check {
    Optional<Violation> violation(JsonNode json);
  }

  /**
   * The check for one of the document's schemas.
   *
   * @param reference e.g. {@code #/components/schemas/Client}
   */
  Check referred(String reference) {
    JsonNode schema = document.at(reference.substring(1));
    if (schema.isMissingNode()) {
      throw new IllegalStateException("no such schema: " + reference);
    }
    Validator validator = repository.validator(DOCUMENT + reference);
    return json -> violation(validator, schema, json);
  }

  /** The check for a schema of one's own that refers to none. */
  Check standalone(ObjectNode schema) {
    Validator validator =
        Validator.create(JsonSchema.of(new JsonObject(Json.write(schema))), options());
    return json -> violation(validator, schema, json);
  }

  private Optional<Violation> violation(Validator validator, JsonNode schema, JsonNode json) {
    OutputUnit result = validator.validate(vertx(json));
    if (Boolean.TRUE.equals(result.getValid())) {
      return Optional.empty();
    }
    List<OutputUnit> errors = result.getErrors() == null ? List.of() : result.getErrors();
    return Optional.of(Violation.of(errors, schema, document, json));
  }

  private static Object vertx(JsonNode json) {
    String text = Json.write(json);
    return switch (json.getNodeType()) {
      case OBJECT -> new JsonObject(text);
      case ARRAY -> new JsonArray(text);
      default -> json.isTextual() ? json.textValue() : text;
    };
  }
}
