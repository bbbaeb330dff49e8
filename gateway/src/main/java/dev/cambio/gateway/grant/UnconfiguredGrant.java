package dev.cambio.gateway.grant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.GrantUnsupported;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.token.GrantHandler;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.RequestEntry;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.token.TokenResponse;
import java.time.Instant;
import java.util.List;

/**
 * A grant of Auth0's that is known by its name and cannot be configured here (contract
 * token-endpoint §11.7): refused, and logged as what it is.
 */
public final class UnconfiguredGrant implements GrantHandler {
  private final String type;
  private final String name;
  private final String failureType;

  private UnconfiguredGrant(String type, String name, String failureType) {
    this.type = type;
    this.name = name;
    this.failureType = failureType;
  }

  /** Tokens of other identity providers, kept for the user. */
  public static UnconfiguredGrant tokenVault() {
    return new UnconfiguredGrant(
        "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
        "Token Vault exchange",
        "feta");
  }

  /**
   * An assertion of the enterprise's identity provider (ID-JAG); Auth0 names no log type for it.
   */
  public static UnconfiguredGrant crossAppAccess() {
    return new UnconfiguredGrant(
        "urn:ietf:params:oauth:grant-type:jwt-bearer", "Cross App Access", "fecte");
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public GrantRecord record(TokenRequest request) {
    return new Refusal(request, failureType);
  }

  @Override
  public TokenGrant authorize(Client client, TokenRequest request, GrantRecord record) {
    throw new GrantUnsupported(type, name + " is not configured");
  }

  private record Refusal(TokenRequest request, RequestEntry entry, String type)
      implements GrantRecord {
    Refusal(TokenRequest request, String type) {
      this(request, new RequestEntry(request), type);
    }

    @Override
    public void authenticated(Client client) {
      entry.authenticated(client);
    }

    @Override
    public List<TenantLogEvent> success(TokenGrant grant, TokenResponse response, Instant at) {
      throw new IllegalStateException("nothing is issued");
    }

    @Override
    public List<TenantLogEvent> failure(OAuthException refusal, Instant at) {
      ObjectNode failure = entry.describe(refusal.detail());
      failure.put("hostname", request.inbound().host());
      return List.of(new TenantLogEvent(request.tenant().id(), at, type, failure));
    }
  }
}
