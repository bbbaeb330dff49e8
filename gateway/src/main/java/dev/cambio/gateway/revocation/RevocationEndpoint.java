package dev.cambio.gateway.revocation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Possession;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientRequests;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.log.TenantLog;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.refresh.RefreshToken;
import dev.cambio.gateway.refresh.RefreshTokens;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.token.OpaqueTokens;
import dev.cambio.gateway.token.RequestEntry;
import dev.cambio.gateway.token.TokenRequest;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Lets a client revoke its refresh tokens, and opaque access tokens (RFC 7009, contract
 * token-endpoint §11.4). A token that is unknown has nothing left to be revoked.
 */
public final class RevocationEndpoint {
  private final Tenants tenants;
  private final ClientRequests clients;
  private final RefreshTokens refreshTokens;
  private final OpaqueTokens opaqueTokens;
  private final TenantLog log;
  private final Clock clock;

  public RevocationEndpoint(
      Tenants tenants,
      ClientRequests clients,
      RefreshTokens refreshTokens,
      OpaqueTokens opaqueTokens,
      TenantLog log,
      Clock clock) {
    this.tenants = tenants;
    this.clients = clients;
    this.refreshTokens = refreshTokens;
    this.opaqueTokens = opaqueTokens;
    this.log = log;
    this.clock = clock;
  }

  /** Revokes the token, or throws the refusal. Waits: for virtual threads. */
  public void handle(InboundRequest inbound) {
    Tenant tenant = tenants.require(inbound.host());
    Parameters parameters = Parameters.parse(inbound);
    Client client = clients.authenticate(tenant, inbound, parameters);
    String token = parameters.require("token");
    Optional<RefreshToken> found = refreshTokens.find(tenant.id(), token);
    if (found.isEmpty()) {
      opaqueTokens.revokeAccessToken(tenant.id(), token, client.clientId());
      return;
    }
    if (!found.get().clientId().equals(client.clientId())) {
      throw new RequestInvalid("The token was issued to another client");
    }
    if (revoke(tenant, found.get())) {
      record(new TokenRequest(tenant, inbound, parameters, Possession.NONE), client, found.get());
    }
  }

  private boolean revoke(Tenant tenant, RefreshToken token) {
    return tenant.revokesGrants()
        ? refreshTokens.revokeGrant(tenant.id(), token.familyId())
        : refreshTokens.revoke(tenant.id(), token.familyId());
  }

  private void record(TokenRequest request, Client client, RefreshToken token) {
    RequestEntry entry = new RequestEntry(request);
    entry.authenticated(client);
    token.audience().ifPresent(entry::audience);
    ObjectNode revoked =
        entry.describe("Successfully revoked a refresh token").put("user_id", token.userId());
    log.write(List.of(new TenantLogEvent(request.tenant().id(), clock.instant(), "srrt", revoked)))
        .await();
  }
}
