package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionRuns;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.MfaRequired;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.refresh.RefreshTerms.Caller;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.LoginEntry;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.token.TokenResponse;
import dev.cambio.gateway.user.UserResolution.Resolved;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.GrantTypes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects what the log says of an exchange: {@code secte} and {@code fecte}, or what they are
 * called in other flows (contract token-endpoint §10.1 to §10.3).
 */
final class ExchangeRecord implements GrantRecord {
  private static final List<String> TOKENS = List.of("subject_token", "actor_token");

  private final TokenRequest request;
  private final ExchangeFlow flow;
  private final LoginEntry entry;
  private Optional<Actor> actor = Optional.empty();
  private boolean blocksAddress;
  private boolean memberAdded;
  private boolean secondFactorDemanded;

  ExchangeRecord(TokenRequest request) {
    this.request = request;
    this.flow = ExchangeFlow.of(request.parameters());
    this.entry = new LoginEntry(request, TOKENS);
  }

  @Override
  public void authenticated(Client client) {
    entry.authenticated(client);
  }

  /** The address the request counts for, forwarded by a trusted client or its own. */
  String ip() {
    return entry.ip();
  }

  Caller caller() {
    return entry.caller();
  }

  ActionRuns runs() {
    return entry.runs();
  }

  void audience(String resolved) {
    entry.audience(resolved);
  }

  void actor(Optional<Actor> set) {
    actor = set;
  }

  /** The caller's address has used its last attempt (contract token-endpoint §9). */
  void addressBlocked() {
    blocksAddress = true;
  }

  /** The organization that the login is for. */
  void organization(Organization resolved) {
    entry.organization(resolved);
  }

  /** The login has made the user a member of the organization. */
  void memberAdded() {
    memberAdded = true;
  }

  /** The user is known, and the connection that they came by. */
  void resolved(Resolved found) {
    entry.resolved(found);
  }

  @Override
  public List<TenantLogEvent> success(TokenGrant grant, TokenResponse response, Instant at) {
    ObjectNode success = describe(flow.successText());
    entry.addUser(success);
    success.put("scope", grant.granted().toString());
    response
        .accessTokenId()
        .ifPresent(id -> Payload.member(success, "details").put("access_token_jti", id));
    List<TenantLogEvent> events = new ArrayList<>();
    if (response.refreshToken().isPresent()) {
      events.addAll(entry.warnings(grant.refresh(), at));
    }
    events.addAll(withAttendants(flow.successType(), success, at));
    return events;
  }

  @Override
  public List<TenantLogEvent> failure(OAuthException refusal, Instant at) {
    ObjectNode failure = describe(refusal.detail());
    failure.put("hostname", request.inbound().host());
    request
        .parameters()
        .find("scope")
        .ifPresent(scope -> failure.put("scope", TenantLogEvent.bounded(scope)));
    secondFactorDemanded = refusal instanceof MfaRequired;
    return withAttendants(flow.failureType(), failure, at);
  }

  private List<TenantLogEvent> withAttendants(String type, ObjectNode outcome, Instant at) {
    String tenantId = request.tenant().id();
    List<TenantLogEvent> events = new ArrayList<>(entry.failedActions(at));
    if (memberAdded) {
      ObjectNode added = describe("The user has become a member of the organization");
      entry.addUser(added);
      events.add(new TenantLogEvent(tenantId, at, "organization_member_added", added));
    }
    if (blocksAddress) {
      ObjectNode blocked = describe("An address is blocked for sending invalid subject tokens");
      Payload.member(blocked, "details").put("flow", "custom-token-exchange");
      events.add(new TenantLogEvent(tenantId, at, "limit_mu", blocked));
    }
    if (secondFactorDemanded) {
      ObjectNode demanded = describe("A second factor is required");
      entry.addUser(demanded);
      Payload.member(demanded, "details").put("grant_type", GrantTypes.TOKEN_EXCHANGE);
      events.add(new TenantLogEvent(tenantId, at, "mfar", demanded));
    }
    events.add(new TenantLogEvent(tenantId, at, type, outcome, runs().executions()));
    return events;
  }

  private ObjectNode describe(String description) {
    ObjectNode described = entry.describe(description);
    ObjectNode details = Payload.member(described, "details");
    details.put(
        "subject_token_type",
        TenantLogEvent.bounded(request.parameters().find("subject_token_type").orElse("")));
    actor.ifPresent(who -> details.set("actor", who.subjectsOnly()));
    return described;
  }
}
