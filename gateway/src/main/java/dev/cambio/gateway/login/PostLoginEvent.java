package dev.cambio.gateway.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.user.Connection;
import java.util.List;
import java.util.Map;

/** The {@code event} of post-login (contract actions-runtime §7). */
final class PostLoginEvent {
  private PostLoginEvent() {}

  /**
   * A fresh event; each Action gets its own, with the metadata its predecessors left.
   *
   * @param roles names of the user's roles
   */
  static ObjectNode of(LoginTransaction login, List<String> roles, Map<String, JsonNode> metadata) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.putObject("authentication").putArray("methods");
    roles.forEach(event.putObject("authorization").putArray("roles")::add);
    event
        .putObject("client")
        .put("client_id", login.client().clientId())
        .put("name", login.client().name())
        .set("metadata", login.client().metadata());
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
    event.putObject("stats").put("logins_count", login.user().loginsCount());
    event.putObject("tenant").put("id", login.tenant().id());
    event.set("transaction", transaction(login, metadata));
    event.set("user", login.user().toEvent());
    return event;
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
