package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.RequestEntry;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.token.TokenResponse;
import dev.cambio.gateway.user.UserResolution.Resolved;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Collects what the log says of a second factor, and of the exchange that it completes (contract
 * token-endpoint §8, §10.1).
 */
final class MfaRecord implements GrantRecord {
  private final MfaMethod method;
  private final TokenRequest request;
  private final RequestEntry entry;
  private Optional<Resolved> resolved = Optional.empty();
  private String subjectTokenType = "";

  MfaRecord(MfaMethod method, TokenRequest request) {
    this.method = method;
    this.request = request;
    this.entry = new RequestEntry(request);
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

  void resolved(Resolved found) {
    resolved = Optional.of(found);
  }

  @Override
  public List<TenantLogEvent> success(TokenGrant grant, TokenResponse response, Instant at) {
    ObjectNode factor = describe(method.successText());
    ObjectNode exchange = describe("Successful Custom Token Exchange");
    exchange.put("scope", grant.granted().toString());
    ObjectNode details = Payload.member(exchange, "details");
    details.put("subject_token_type", TenantLogEvent.bounded(subjectTokenType));
    response.accessTokenId().ifPresent(id -> details.put("access_token_jti", id));
    return List.of(
        new TenantLogEvent(grant.tenantId(), at, method.successType(), factor),
        new TenantLogEvent(grant.tenantId(), at, "secte", exchange));
  }

  @Override
  public List<TenantLogEvent> failure(OAuthException refusal, Instant at) {
    ObjectNode failure = describe(refusal.detail());
    failure.put("hostname", request.inbound().host());
    return List.of(new TenantLogEvent(request.tenant().id(), at, method.failureType(), failure));
  }

  private ObjectNode describe(String description) {
    ObjectNode described = entry.describe(description);
    resolved.ifPresent(found -> found.describeIn(described));
    return described;
  }
}
