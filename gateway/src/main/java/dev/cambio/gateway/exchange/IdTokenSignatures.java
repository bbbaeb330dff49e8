package dev.cambio.gateway.exchange;

import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientSecret;
import dev.cambio.gateway.exchange.ParsedIdToken.Invalid;
import dev.cambio.gateway.key.SigningKey;
import dev.cambio.gateway.key.SigningKeys;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Verifies the signature of ID tokens with vertx-auth-jwt. The key is chosen here, and a verifier
 * knows one key and one algorithm only: a token cannot make a public key pass for a shared secret.
 */
public final class IdTokenSignatures {
  private static final Set<String> ASYMMETRIC = Set.of("RS256", "PS256", "RS512");

  private final Vertx vertx;
  private final SigningKeys keys;

  /** Verifiers of published keys by key id and algorithm; a tenant has three keys at most. */
  private final Map<String, JWTAuth> verifiers = new ConcurrentHashMap<>();

  public IdTokenSignatures(Vertx vertx, SigningKeys keys) {
    this.vertx = vertx;
    this.keys = keys;
  }

  /**
   * Throws unless a key of the tenant, or the client's secret where it is HS256, signed the token.
   */
  void require(String tenantId, Client client, ParsedIdToken parsed, String token) throws Invalid {
    JWTAuth verifier = verifier(tenantId, client, parsed);
    boolean valid =
        verifier.authenticate(new TokenCredentials(token)).map(true).otherwise(false).await();
    if (!valid) {
      throw new Invalid("the signature is not valid");
    }
  }

  private JWTAuth verifier(String tenantId, Client client, ParsedIdToken parsed) throws Invalid {
    String algorithm = parsed.algorithm();
    if (algorithm.equals("HS256") && client.idTokenAlgorithm().equals("HS256")) {
      byte[] secret =
          client
              .secret()
              .map(ClientSecret::hmacKey)
              .orElseThrow(() -> new Invalid("the client has no secret"));
      return verifier(
          new PubSecKeyOptions().setAlgorithm(algorithm).setBuffer(Buffer.buffer(secret)));
    }
    if (!ASYMMETRIC.contains(algorithm)) {
      throw new Invalid("algorithm not accepted");
    }
    String kid = parsed.kid().orElseThrow(() -> new Invalid("no key id"));
    SigningKey key =
        keys.find(tenantId, kid).orElseThrow(() -> new Invalid("not a key of the tenant"));
    return verifiers.computeIfAbsent(
        kid + " " + algorithm,
        id ->
            verifier(
                new PubSecKeyOptions().setId(kid).setAlgorithm(algorithm).setBuffer(pem(key))));
  }

  /** Times are checked by the caller, with its own clock. */
  private JWTAuth verifier(PubSecKeyOptions key) {
    return JWTAuth.create(
        vertx,
        new JWTAuthOptions()
            .addPubSecKey(key)
            .setJWTOptions(new JWTOptions().setIgnoreExpiration(true)));
  }

  private static Buffer pem(SigningKey key) {
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.publicKey().getEncoded());
    return Buffer.buffer("-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n");
  }
}
