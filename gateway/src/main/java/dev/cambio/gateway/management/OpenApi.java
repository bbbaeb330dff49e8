package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The OpenAPI 3.1 document of the Management API. It is written in parts, one per kind of entity,
 * beside {@code management.yaml}, which names them under {@code x-parts}; here they become one.
 */
public final class OpenApi {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

  private final ObjectNode document;
  private final List<Operation> operations = new ArrayList<>();

  private OpenApi(ObjectNode document) {
    this.document = document;
  }

  /** Reads the document that is part of this program. */
  public static OpenApi load() {
    ObjectNode document = read("management.yaml");
    JsonNode parts = document.remove("x-parts");
    parts.forEach(part -> merge(document, read(part.asText()), part.asText()));
    OpenApi api = new OpenApi(document);
    Schemas schemas = new Schemas(document);
    document
        .path("paths")
        .properties()
        .forEach(path -> api.addOperations(schemas, path.getKey(), path.getValue()));
    return api;
  }

  private static ObjectNode read(String name) {
    try (InputStream file = OpenApi.class.getResourceAsStream("/openapi/" + name)) {
      return (ObjectNode) YAML.readTree(Objects.requireNonNull(file, name));
    } catch (IOException e) {
      throw new IllegalStateException("openapi/" + name + " is not readable", e);
    }
  }

  /** Adds the members of two levels: paths, and each kind of component. */
  private static void merge(ObjectNode document, ObjectNode part, String name) {
    addAll(document.withObject("/paths"), part.withObject("/paths"), name);
    for (Map.Entry<String, JsonNode> kind : part.withObject("/components").properties()) {
      addAll(
          document.withObject("/components/" + kind.getKey()), (ObjectNode) kind.getValue(), name);
    }
  }

  private static void addAll(ObjectNode to, ObjectNode from, String part) {
    for (Map.Entry<String, JsonNode> member : from.properties()) {
      if (to.has(member.getKey())) {
        throw new IllegalStateException("openapi/" + part + " repeats " + member.getKey());
      }
      to.set(member.getKey(), member.getValue());
    }
  }

  private void addOperations(Schemas schemas, String path, JsonNode item) {
    for (String method : METHODS) {
      if (item.has(method)) {
        operations.add(Operation.of(method, path, item.get(method), document, schemas));
      }
    }
  }

  /** The document, as it is served. */
  public ObjectNode document() {
    return document;
  }

  List<Operation> operations() {
    return operations;
  }
}
