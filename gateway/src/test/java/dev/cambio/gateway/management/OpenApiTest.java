package dev.cambio.gateway.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.model.bus.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The OpenAPI document")
class OpenApiTest {
  private final OpenApi api = OpenApi.load();

  @Test
  @DisplayName("names every operation once, with what it needs and what it may refuse")
  void isWhole() {
    assertThat(api.operations()).isNotEmpty().extracting(Operation::id).doesNotHaveDuplicates();
    assertThat(api.operations())
        .allSatisfy(operation -> assertThat(operation.scopes()).isNotEmpty());
    List<String> withoutErrors = new ArrayList<>();
    for (JsonNode path : api.document().path("paths")) {
      for (Map.Entry<String, JsonNode> item : path.properties()) {
        JsonNode operation = item.getValue();
        if (operation.has("operationId")
            && (!operation.path("responses").has("default") || !operation.has("summary"))) {
          withoutErrors.add(operation.path("operationId").asText());
        }
      }
    }
    assertThat(withoutErrors).isEmpty();
  }

  @Test
  @DisplayName("asks for no scope that the Management API does not have")
  void asksForKnownScopes() {
    assertThat(api.operations())
        .allSatisfy(
            operation ->
                operation
                    .scopes()
                    .forEach(scopes -> assertThat(ManagementScopes.ALL).containsAll(scopes)));
  }

  @Test
  @DisplayName("every reference leads somewhere")
  void hasNoDanglingReferences() {
    assertThat(dangling(api.document())).isEmpty();
  }

  @Test
  @DisplayName("every text and list that a body may hold is bounded")
  void isBounded() {
    List<String> unbounded = new ArrayList<>();
    api.document()
        .at("/components/schemas")
        .properties()
        .forEach(schema -> unbounded(schema.getKey(), schema.getValue(), unbounded));

    assertThat(unbounded).isEmpty();
  }

  private void unbounded(String path, JsonNode schema, List<String> found) {
    if (!isWritten(path)) {
      return;
    }
    Set<String> types = Set.copyOf(types(schema.path("type")));
    boolean chosen = schema.has("enum") || schema.has("const");
    if (types.contains("string") && !chosen && !schema.has("maxLength")) {
      found.add(path);
    }
    if (types.contains("array") && !schema.has("maxItems")) {
      found.add(path);
    }
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      unbounded(path + "." + property.getKey(), property.getValue(), found);
    }
    if (schema.has("items")) {
      unbounded(path + "[]", schema.get("items"), found);
    }
  }

  /** Schemas that only describe answers need no bounds: they say additionalProperties nowhere. */
  private boolean isWritten(String path) {
    String root = path.split("[.\\[]")[0];
    return !root.equals("Error")
        && api.document().at("/components/schemas/" + root).toString().contains("additionalProp");
  }

  private static List<String> types(JsonNode type) {
    List<String> types = new ArrayList<>();
    if (type.isTextual()) {
      types.add(type.asText());
    }
    type.forEach(one -> types.add(one.asText()));
    return types;
  }

  private List<String> dangling(JsonNode json) {
    List<String> found = new ArrayList<>();
    if (json.path("$ref").isTextual()) {
      String reference = json.path("$ref").asText();
      if (!reference.startsWith("#/")
          || api.document().at(reference.substring(1)).isMissingNode()) {
        found.add(reference);
      }
    }
    json.forEach(member -> found.addAll(dangling(member)));
    return found;
  }

  @Test
  @DisplayName("refuses to start with an operation that nothing does")
  void requiresHandlers() {
    assertThatThrownBy(() -> Operations.of(api, List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("declared, but not done");
  }

  @Test
  @DisplayName("text that the database cannot hold is refused, whole surrogate pairs are not")
  void knowsStorableText() throws Exception {
    assertThat(StorableText.is("a\uD83D\uDE00b")).isTrue();
    assertThat(StorableText.is("a\0b")).isFalse();
    assertThat(StorableText.is("a\uD83D")).isFalse();
    assertThat(StorableText.is("\uDE00")).isFalse();
    assertThatThrownBy(() -> Storable.require(Json.parse("{\"a\":[{\"b\":1e999}]}")))
        .isInstanceOf(ManagementException.class)
        .hasMessageContaining("a[0].b");
  }
}
