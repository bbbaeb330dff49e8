package dev.cambio.gateway.grant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionRuns;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.RequestEntry;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.token.TokenResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what {@code seccft} and {@code feccft} say (contract token-endpoint §10.1). */
final class ClientCredentialsRecord implements GrantRecord {
  private static final int UNAUTHENTICATED = 401;

  private final TokenRequest request;
  private final RequestEntry entry;
  private final ActionRuns runs = new ActionRuns();
  private Optional<Organization> organization = Optional.empty();

  ClientCredentialsRecord(TokenRequest request) {
    this.request = request;
    this.entry = new RequestEntry(request);
  }

  @Override
  public void authenticated(Client client) {
    entry.authenticated(client);
  }

  /** The address the request counts for, forwarded by a trusted client or its own. */
  String ip() {
    return entry.ip();
  }

  ActionRuns runs() {
    return runs;
  }

  void audience(String resolved) {
    entry.audience(resolved);
  }

  /** The organization that the token is for. */
  void organization(Organization resolved) {
    organization = Optional.of(resolved);
  }

  @Override
  public List<TenantLogEvent> success(TokenGrant grant, TokenResponse response, Instant at) {
    ObjectNode success = entry.describe("Client Credentials for Access Token");
    success.put("scope", grant.granted().toString());
    organization.ifPresent(
        of -> success.put("organization_id", of.id()).put("organization_name", of.name()));
    return withRuns("seccft", success, at);
  }

  @Override
  public List<TenantLogEvent> failure(OAuthException refusal, Instant at) {
    ObjectNode failure = entry.describe(runs.masked(refusal.detail(), List.of()));
    failure.put("hostname", request.inbound().host());
    if (refusal.status() == UNAUTHENTICATED) {
      // The name is Auth0's, misspelt, and so what reads these logs expects it.
      Payload.member(failure, "details")
          .put("client_authentoication_error", TenantLogEvent.bounded(refusal.detail()));
    }
    request
        .parameters()
        .find("scope")
        .ifPresent(scope -> failure.put("scope", TenantLogEvent.bounded(scope)));
    return withRuns("feccft", failure, at);
  }

  private List<TenantLogEvent> withRuns(String type, ObjectNode outcome, Instant at) {
    String tenantId = request.tenant().id();
    List<TenantLogEvent> events = new ArrayList<>();
    for (ObjectNode details : runs.failures()) {
      String message = details.path("action_error").path("message").asText();
      ObjectNode failed = entry.describe(runs.masked(message, List.of()));
      failed.set("details", details);
      events.add(new TenantLogEvent(tenantId, at, "actions_execution_failed", failed));
    }
    events.add(new TenantLogEvent(tenantId, at, type, outcome, runs.executions()));
    return events;
  }
}
