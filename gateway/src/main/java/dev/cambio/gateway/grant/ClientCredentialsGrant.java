package dev.cambio.gateway.grant;

import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.ClientNotAllowed;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.refresh.RefreshTerms;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.GrantHandler;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.model.oauth.GrantTypes;
import dev.cambio.model.oauth.ScopeSet;
import java.util.Map;
import java.util.Optional;

/** A client acts for itself (RFC 6749 §4.4, contract token-endpoint §11.5). */
public final class ClientCredentialsGrant implements GrantHandler {
  /** What follows the client id in {@code sub}. */
  public static final String SUBJECT_SUFFIX = "@clients";

  private static final String GRANT_TYPE_CLAIM = "client-credentials";

  private final Audiences audiences;

  public ClientCredentialsGrant(Audiences audiences) {
    this.audiences = audiences;
  }

  @Override
  public String type() {
    return GrantTypes.CLIENT_CREDENTIALS;
  }

  @Override
  public GrantRecord record(TokenRequest request) {
    return new ClientCredentialsRecord(request);
  }

  @Override
  public TokenGrant authorize(Client client, TokenRequest request, GrantRecord record) {
    requireAllowed(client);
    Parameters parameters = request.parameters();
    if (parameters.find("organization").isPresent()) {
      throw new RequestInvalid("parameter organization is not allowed for this client");
    }
    Tenant tenant = request.tenant();
    ScopeSet requested = scope(parameters);
    ResourceServer api =
        audiences.resolveForClient(
            tenant, client, parameters.find("audience"), parameters.find("resource"));
    ((ClientCredentialsRecord) record).audience(api.audience());
    return new TokenGrant(
        tenant.id(),
        request.issuer(),
        client,
        client.clientId() + SUBJECT_SUFFIX,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        request.inbound().ip(),
        api,
        requested,
        audiences.grantToClient(tenant, client, api, requested),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(GRANT_TYPE_CLAIM),
        audiences.confirmation(client, api, request.possession()),
        Map.of(),
        Map.of(),
        RefreshTerms.NONE);
  }

  private static void requireAllowed(Client client) {
    boolean named =
        Payload.strings(client.payload(), "grant_types").contains(GrantTypes.CLIENT_CREDENTIALS);
    if (!named || !client.isConfidential()) {
      throw new ClientNotAllowed("Grant type 'client_credentials' not allowed for the client.");
    }
  }

  private static ScopeSet scope(Parameters parameters) {
    try {
      return ScopeSet.parse(parameters.find("scope").orElse(""));
    } catch (IllegalArgumentException e) {
      throw new RequestInvalid(String.valueOf(e.getMessage()));
    }
  }
}
