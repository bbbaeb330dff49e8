package dev.cambio.gateway.grant;

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
import java.time.Instant;
import java.util.List;

/** Collects what {@code seccft} and {@code feccft} say (contract token-endpoint §10.1). */
final class ClientCredentialsRecord implements GrantRecord {
  private static final int UNAUTHENTICATED = 401;

  private final TokenRequest request;
  private final RequestEntry entry;

  ClientCredentialsRecord(TokenRequest request) {
    this.request = request;
    this.entry = new RequestEntry(request);
  }

  @Override
  public void authenticated(Client client) {
    entry.authenticated(client);
  }

  void audience(String resolved) {
    entry.audience(resolved);
  }

  @Override
  public List<TenantLogEvent> success(TokenGrant grant, TokenResponse response, Instant at) {
    ObjectNode success = entry.describe("Client Credentials for Access Token");
    success.put("scope", grant.granted().toString());
    return List.of(new TenantLogEvent(request.tenant().id(), at, "seccft", success));
  }

  @Override
  public List<TenantLogEvent> failure(OAuthException refusal, Instant at) {
    ObjectNode failure = entry.describe(refusal.detail());
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
    return List.of(new TenantLogEvent(request.tenant().id(), at, "feccft", failure));
  }
}
