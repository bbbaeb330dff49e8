package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.user.User;
import java.util.Optional;

/** The {@code event} of custom-token-exchange (contract actions-runtime §5), without secrets. */
final class ExchangeEvent {
  private ExchangeEvent() {}

  static ObjectNode of(
      Tenant tenant,
      Client client,
      ObjectNode request,
      Target target,
      Optional<Organization> organization,
      TokenExchangeRequest exchange,
      Optional<User> actorTokenUser) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event
        .putObject("client")
        .put("client_id", client.clientId())
        .put("name", client.name())
        .set("metadata", client.metadata());
    organization.ifPresent(found -> event.set("organization", found.toEvent()));
    event.set("request", request);
    target
        .resourceServer()
        .ifPresent(id -> event.putObject("resource_server").put("identifier", id));
    event.putObject("tenant").put("id", tenant.id());
    event.set("transaction", transaction(exchange, actorTokenUser));
    return event;
  }

  private static ObjectNode transaction(
      TokenExchangeRequest exchange, Optional<User> actorTokenUser) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("subject_token", exchange.subjectToken())
            .put("subject_token_type", exchange.subjectTokenType());
    var scopes = json.putArray("requested_scopes");
    exchange.scope().values().forEach(scopes::add);
    json.put("requested_token_type", exchange.requestedTokenType());
    exchange
        .actorToken()
        .ifPresent(
            actor -> json.put("actor_token", actor.value()).put("actor_token_type", actor.type()));
    actorTokenUser.ifPresent(user -> json.set("actor_token_user", user.toEvent()));
    json.putObject("metadata");
    return json;
  }
}
