package dev.cambio.gateway.client;

import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.key.SignedJwt.Unknown;

/** ID tokens of ours: for which client one was made, and whether we did. */
public final class IdTokens {
  private final JwtSignatures signatures;
  private final Clients clients;

  public IdTokens(JwtSignatures signatures, Clients clients) {
    this.signatures = signatures;
    this.clients = clients;
  }

  /** The client that the token is for; throws unless the token's signature is ours. */
  public Client requireSigned(String tenantId, SignedJwt token) throws Invalid {
    if (token.isTypedAccessToken()) {
      throw new Invalid("an access token is no ID token");
    }
    Client client =
        clients
            .find(tenantId, token.audience())
            .orElseThrow(() -> new Unknown("the audience is no client of the tenant"));
    if (token.algorithm().equals("HS256") && client.idTokenAlgorithm().equals("HS256")) {
      byte[] secret =
          client
              .secret()
              .map(ClientSecret::hmacKey)
              .orElseThrow(() -> new Invalid("the client has no secret"));
      signatures.requireSecret(secret, token);
    } else {
      signatures.requireTenantKey(tenantId, token);
    }
    return client;
  }
}
