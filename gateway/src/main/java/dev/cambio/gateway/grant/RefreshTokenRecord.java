package dev.cambio.gateway.grant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.RefreshTokenReused;
import dev.cambio.gateway.error.OAuthException.RefreshTokenRevoked;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.LoginEntry;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.token.TokenResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what {@code sertft}, {@code fertft} and {@code ferrt} say (contract token-endpoint
 * §10.1, §10.4, §7.7).
 */
final class RefreshTokenRecord implements GrantRecord {
  private final TokenRequest request;
  private final LoginEntry entry;

  RefreshTokenRecord(TokenRequest request) {
    this.request = request;
    this.entry = new LoginEntry(request, List.of("refresh_token"));
  }

  @Override
  public void authenticated(Client client) {
    entry.authenticated(client);
  }

  LoginEntry entry() {
    return entry;
  }

  @Override
  public List<TenantLogEvent> success(TokenGrant grant, TokenResponse response, Instant at) {
    ObjectNode success = entry.describe("Successful exchange of a refresh token");
    entry.addUser(success);
    success.put("scope", grant.granted().toString());
    response
        .accessTokenId()
        .ifPresent(id -> Payload.member(success, "details").put("access_token_jti", id));
    List<TenantLogEvent> events = new ArrayList<>(entry.failedActions(at));
    events.addAll(entry.warnings(grant.refresh(), at));
    events.add(event("sertft", success, at));
    return events;
  }

  @Override
  public List<TenantLogEvent> failure(OAuthException refusal, Instant at) {
    List<TenantLogEvent> events = new ArrayList<>(entry.failedActions(at));
    if (refusal instanceof RefreshTokenRevoked) {
      ObjectNode revoked = entry.describe(refusal.detail());
      entry.addUser(revoked);
      events.add(new TenantLogEvent(request.tenant().id(), at, "srrt", revoked));
    }
    ObjectNode failure = entry.describe(refusal.detail());
    entry.addUser(failure);
    failure.put("hostname", request.inbound().host());
    ObjectNode details = Payload.member(failure, "details");
    if (refusal instanceof RefreshTokenReused reused) {
      details
          .put("familyId", reused.familyId())
          .put("tokenCounter", reused.tokenCounter())
          .put("latestCounter", reused.latestCounter());
      events.add(event("ferrt", failure, at));
    } else {
      details.put("failure_reason", failure.path("description").asText());
      events.add(event("fertft", failure, at));
    }
    return events;
  }

  private TenantLogEvent event(String type, ObjectNode payload, Instant at) {
    return new TenantLogEvent(request.tenant().id(), at, type, payload, entry.runs().executions());
  }
}
