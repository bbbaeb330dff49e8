package dev.cambio.gateway.grant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionClient;
import dev.cambio.gateway.action.Actions;
import dev.cambio.gateway.action.BoundAction;
import dev.cambio.gateway.action.PlatformFault;
import dev.cambio.gateway.action.TriggerRun;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.DeniedByAction;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.token.RequestEvent;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.model.action.ActionCommand.Deny;
import dev.cambio.model.action.ActionCommand.SetAccessTokenClaim;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.oauth.ScopeSet;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the credentials-exchange Actions, which may refuse a client's own token or add claims. */
public final class CredentialsExchange {
  private final Actions actions;
  private final ActionClient actionClient;
  private final Duration budget;
  private final Clock clock;

  public CredentialsExchange(
      Actions actions, ActionClient actionClient, Duration budget, Clock clock) {
    this.actions = actions;
    this.actionClient = actionClient;
    this.budget = budget;
    this.clock = clock;
  }

  /** The claims that the Actions set; throws their refusal. */
  Map<String, JsonNode> run(
      Client client,
      TokenRequest request,
      ResourceServer api,
      Optional<Organization> organization,
      ScopeSet requested,
      ScopeSet granted,
      ClientCredentialsRecord record) {
    Map<String, JsonNode> claims = new LinkedHashMap<>();
    List<BoundAction> bound = actions.bound(request.tenant().id(), Trigger.CREDENTIALS_EXCHANGE);
    if (bound.isEmpty()) {
      return claims;
    }
    TriggerRun run =
        TriggerRun.begin(
            actionClient,
            request.tenant().id(),
            Trigger.CREDENTIALS_EXCHANGE,
            List.of(),
            budget,
            record.runs(),
            clock);
    ObjectNode event = event(client, request, api, organization, requested, record.ip());
    for (BoundAction action : bound) {
      ObjectNode token = event.putObject("accessToken");
      token.putObject("customClaims").setAll(claims);
      granted.values().forEach(token.putArray("scope")::add);
      apply(run.run(action, event), claims);
    }
    return claims;
  }

  /** The first refusal counts, as it does in an exchange; a throw after it changes nothing. */
  static void apply(ActionResult result, Map<String, JsonNode> claims) {
    PlatformFault.of(result)
        .ifPresent(
            fault -> {
              throw fault;
            });
    result.commands().stream()
        .filter(Deny.class::isInstance)
        .map(Deny.class::cast)
        .findFirst()
        .ifPresent(
            deny -> {
              throw new DeniedByAction(String.valueOf(deny.code()), deny.reason());
            });
    if (result.ending() != ActionEnding.RETURNED) {
      throw new ServerFault(PlatformFault.detail(result));
    }
    result.commands().stream()
        .filter(SetAccessTokenClaim.class::isInstance)
        .map(SetAccessTokenClaim.class::cast)
        .forEach(claim -> claims.put(claim.name(), claim.value()));
  }

  private static ObjectNode event(
      Client client,
      TokenRequest request,
      ResourceServer api,
      Optional<Organization> organization,
      ScopeSet requested,
      String ip) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event
        .putObject("client")
        .put("client_id", client.clientId())
        .put("name", client.name())
        .set("metadata", client.metadata());
    organization.ifPresent(found -> event.set("organization", found.toEvent()));
    event.set("request", RequestEvent.of(request.inbound(), request.parameters(), ip));
    event.putObject("resource_server").put("identifier", api.audience());
    event.putObject("tenant").put("id", request.tenant().id());
    requested.values().forEach(event.putObject("transaction").putArray("requested_scopes")::add);
    return event;
  }
}
