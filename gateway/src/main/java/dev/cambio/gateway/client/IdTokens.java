package dev.cambio.gateway.client;

import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.key.SignedJwt.Unknown;
import java.util.Optional;

/**
 * ID tokens of ours: for which client one was made, and whether we did. Whoever holds a secret can
 * sign with it, so that an HS256 token proves nothing to anybody but the client that shares the
 * secret with us (additions C1).
 */
public final class IdTokens {
  private final JwtSignatures signatures;
  private final Clients clients;

  public IdTokens(JwtSignatures signatures, Clients clients) {
    this.signatures = signatures;
    this.clients = clients;
  }

  /** The client that the token is for; throws unless a key of the tenant's own signed it. */
  public Client requireSigned(String tenantId, SignedJwt token) throws Invalid {
    if (token.isTypedAccessToken()) {
      throw new Invalid("an access token is no ID token");
    }
    signatures.requireTenantKey(tenantId, token);
    return client(tenantId, token);
  }

  /** Throws unless the secret signed it of the client that it is for, whose ID tokens are so. */
  public void requireSignedWithSecret(String tenantId, SignedJwt token) throws Invalid {
    byte[] secret =
        Optional.of(client(tenantId, token))
            .filter(client -> client.idTokenAlgorithm().equals("HS256"))
            .flatMap(Client::secret)
            .map(ClientSecret::hmacKey)
            .orElseThrow(() -> new Invalid("the client's ID tokens are not signed with a secret"));
    signatures.requireSecret(secret, token);
  }

  private Client client(String tenantId, SignedJwt token) throws Invalid {
    return clients
        .find(tenantId, token.audience())
        .orElseThrow(() -> new Unknown("the audience is no client of the tenant"));
  }
}
