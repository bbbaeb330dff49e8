package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.refresh.RefreshTerms.Caller;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.LoginEntry;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.token.TokenResponse;
import dev.cambio.gateway.user.UserResolution.Resolved;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what the log says of a second factor, and of the exchange that it completes (contract
 * token-endpoint §8, §10.1).
 */
final class MfaRecord implements GrantRecord {
  private final MfaMethod method;
  private final TokenRequest request;
  private final LoginEntry entry;
  private String subjectTokenType = "";

  MfaRecord(MfaMethod method, TokenRequest request) {
    this.method = method;
    this.request = request;
    this.entry = new LoginEntry(request, List.of("mfa_token"));
  }

  @Override
  public void authenticated(Client client) {
    entry.authenticated(client);
  }

  /** The login is known that the request is to complete. */
  void resumes(PendingLogin login) {
    entry.audience(login.transaction().audience());
    subjectTokenType = login.transaction().subjectTokenType();
  }

  /** Where the request comes from. */
  Caller caller() {
    return entry.caller();
  }

  void resolved(Resolved found) {
    entry.resolved(found);
  }

  @Override
  public List<TenantLogEvent> success(TokenGrant grant, TokenResponse response, Instant at) {
    ObjectNode factor = describe(method.successText());
    ObjectNode exchange = describe("Successful Custom Token Exchange");
    exchange.put("scope", grant.granted().toString());
    ObjectNode details = Payload.member(exchange, "details");
    details.put("subject_token_type", TenantLogEvent.bounded(subjectTokenType));
    response.accessTokenId().ifPresent(id -> details.put("access_token_jti", id));
    List<TenantLogEvent> events = new ArrayList<>();
    if (response.refreshToken().isPresent()) {
      events.addAll(entry.warnings(grant.refresh(), at));
    }
    events.add(new TenantLogEvent(grant.tenantId(), at, method.successType(), factor));
    events.add(new TenantLogEvent(grant.tenantId(), at, "secte", exchange));
    return events;
  }

  @Override
  public List<TenantLogEvent> failure(OAuthException refusal, Instant at) {
    ObjectNode failure = describe(refusal.detail());
    failure.put("hostname", request.inbound().host());
    return List.of(new TenantLogEvent(request.tenant().id(), at, method.failureType(), failure));
  }

  private ObjectNode describe(String description) {
    ObjectNode described = entry.describe(description);
    entry.addUser(described);
    return described;
  }
}
