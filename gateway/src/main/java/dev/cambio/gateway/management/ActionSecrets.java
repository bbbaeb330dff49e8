package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.Actions;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of a draft or version (contract actions-runtime §2.6).
 *
 * @param values by name, in order
 * @param dates when each was set, by name
 */
record ActionSecrets(SortedMap<String, String> values, ObjectNode dates) {
  static final ActionSecrets NONE =
      new ActionSecrets(new TreeMap<>(), JsonNodeFactory.instance.objectNode());

  /**
   * Opens what {@link #sealed} made.
   *
   * @param otherwise when secrets without a date were set
   */
  static ActionSecrets open(
      SecretSeal seal,
      String tenantId,
      String actionId,
      @Nullable Buffer sealed,
      ObjectNode dates,
      OffsetDateTime otherwise) {
    if (sealed == null) {
      return NONE;
    }
    byte[] json = seal.open(sealed.getBytes(), Actions.secretsContext(tenantId, actionId));
    SortedMap<String, String> values = new TreeMap<>();
    ObjectNode complete = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> secret : parse(json).properties()) {
      String name = secret.getKey();
      values.put(name, secret.getValue().asText());
      complete.put(name, dates.path(name).asText(Dates.text(otherwise)));
    }
    return new ActionSecrets(values, complete);
  }

  private static JsonNode parse(byte[] json) {
    try {
      return Json.parse(json);
    } catch (IOException e) {
      throw new IllegalStateException("an Action's secrets are not readable", e);
    }
  }

  /** Sealed for the database; null if there are none. */
  @Nullable Buffer sealed(SecretSeal seal, String tenantId, String actionId) {
    return values.isEmpty()
        ? null
        : Buffer.buffer(
            seal.seal(Json.writeBytes(values), Actions.secretsContext(tenantId, actionId)));
  }

  /**
   * The set that a body gives: what it does not name is gone, and what it names without a value
   * stays as it is (contract management-api §2.2).
   *
   * @param given {@code [{name, value}]}
   */
  ActionSecrets replacedBy(JsonNode given, OffsetDateTime now) {
    SortedMap<String, String> next = new TreeMap<>();
    ObjectNode nextDates = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < given.size(); i++) {
      String name = given.get(i).path("name").asText();
      String stored = values.get(name);
      String value = given.get(i).path("value").textValue();
      if (value == null) {
        value = stored;
      }
      if (value == null) {
        throw ManagementException.invalidBody(
            new Violation("secrets[" + i + "]", "Missing required property: value"));
      }
      if (next.put(name, value) != null) {
        throw ManagementException.invalidBody(
            new Violation("secrets[" + i + "].name", "Secret is given more than once: " + name));
      }
      nextDates.put(name, value.equals(stored) ? dates.path(name).asText() : Dates.text(now));
    }
    return new ActionSecrets(next, nextDates);
  }

  boolean sameValues(ActionSecrets other) {
    return values.equals(other.values);
  }

  /** As answers show them: without values. */
  ArrayNode json() {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (String name : values.keySet()) {
      json.addObject().put("name", name).put("updated_at", dates.path(name).asText());
    }
    return json;
  }

  /** Names only; values stay out. */
  @Override
  public String toString() {
    return "ActionSecrets" + values.keySet();
  }
}
