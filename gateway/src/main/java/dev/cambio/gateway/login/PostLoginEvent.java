package dev.cambio.gateway.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.access.Role;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.user.Connection;
import dev.cambio.gateway.user.User;
import java.util.List;
import java.util.Map;

/** The {@code event} of post-login (contract actions-runtime §7). */
final class PostLoginEvent {
  private PostLoginEvent() {}

  /**
   * A fresh event; each Action gets its own, with the metadata its predecessors left.
   *
   * @param user whose login it is by now
   * @param roles of the user; {@code $roles} is what answers {@code api.roles}, and no guest sees
   *     it
   */
  static ObjectNode of(
      LoginTransaction login, User user, List<Role> roles, Map<String, JsonNode> metadata) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.putObject("authentication").putArray("methods");
    ArrayNode names = event.putObject("authorization").putArray("roles");
    roles.forEach(role -> names.add(role.name()));
    event.set("$roles", effective(roles, login.organization().isPresent()));
    event.set("client", client(login.client()));
    event.set("connection", connection(login.connection()));
    login.organization().ifPresent(found -> event.set("organization", found.toEvent()));
    login.offlineAccess().presented().ifPresent(token -> event.set("refresh_token", token));
    ObjectNode request = login.request().deepCopy();
    request.putObject("query");
    event.set("request", request);
    login
        .target()
        .resourceServer()
        .ifPresent(id -> event.putObject("resource_server").put("identifier", id));
    event.putObject("stats").put("logins_count", user.loginsCount());
    event.putObject("tenant").put("id", login.tenant().id());
    event.set("transaction", transaction(login, metadata));
    event.set("user", user.toEvent());
    return event;
  }

  private static ArrayNode effective(List<Role> roles, boolean inOrganization) {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (Role role : roles) {
      json.addObject()
          .put("id", role.id())
          .put("name", role.name())
          .put("type", inOrganization ? "organization" : "tenant");
    }
    return json;
  }

  private static ObjectNode client(Client client) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("client_id", client.clientId())
            .put("name", client.name());
    json.set("metadata", client.metadata());
    if (client.payload().at("/refresh_token/policies") instanceof ArrayNode policies) {
      json.putObject("refresh_token").set("policies", policies);
    }
    return json;
  }

  private static ObjectNode connection(Connection connection) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", connection.id())
            .put("name", connection.name())
            .put("strategy", connection.strategy());
    if (connection.payload().path("metadata") instanceof ObjectNode metadata) {
      json.set("metadata", metadata);
    }
    return json;
  }

  private static ObjectNode transaction(LoginTransaction login, Map<String, JsonNode> metadata) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("protocol", login.protocol());
    var scopes = json.putArray("requested_scopes");
    login.requested().values().forEach(scopes::add);
    login.subjectTokenType().ifPresent(type -> json.put("subject_token_type", type));
    login.actorTokenType().ifPresent(type -> json.put("actor_token_type", type));
    login.actor().ifPresent(actor -> json.set("actor", actor.toJson()));
    json.put("locale", login.tenant().locale());
    json.putObject("metadata").setAll(metadata);
    return json;
  }
}
