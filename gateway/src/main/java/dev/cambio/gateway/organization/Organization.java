package dev.cambio.gateway.organization;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import java.util.Map;
import java.util.Optional;

/**
 * An organization of the tenant.
 *
 * @param payload the entity without id and name
 * @param connections by id: whether a login by the connection makes its user a member; those that
 *     are not enabled are left out
 */
public record Organization(
    String id, String name, ObjectNode payload, Map<String, Boolean> connections) {

  /** {@code event.organization}. */
  public ObjectNode toEvent() {
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("id", id).put("name", name);
    event.put("display_name", payload.path("display_name").asText(name));
    event.set("metadata", Payload.member(payload, "metadata"));
    return event;
  }

  /** Whether logins by that connection may be in the name of this organization. */
  boolean allows(String connectionId) {
    return connections.containsKey(connectionId);
  }

  /** Whether such a login makes its user a member. */
  boolean assignsMembership(String connectionId) {
    return Optional.ofNullable(connections.get(connectionId)).orElse(false);
  }
}
