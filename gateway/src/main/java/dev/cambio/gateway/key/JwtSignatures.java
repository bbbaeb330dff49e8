package dev.cambio.gateway.key;

import dev.cambio.gateway.key.SignedJwt.Invalid;
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
 * Verifies the signature of JWTs of ours with vertx-auth-jwt. The key is chosen here, and a
 * verifier knows one key and one algorithm only: a token cannot make a public key pass for a shared
 * secret. Times and audiences are the caller's to check.
 */
public final class JwtSignatures {
  private static final Set<String> ASYMMETRIC = Set.of("RS256", "PS256", "RS512");

  private final Vertx vertx;
  private final SigningKeys keys;

  /** Verifiers of published keys by key id and algorithm; a tenant has three keys at most. */
  private final Map<String, JWTAuth> verifiers = new ConcurrentHashMap<>();

  public JwtSignatures(Vertx vertx, SigningKeys keys) {
    this.vertx = vertx;
    this.keys = keys;
  }

  /** Throws unless a published key of the tenant signed the token. */
  public void requireTenantKey(String tenantId, SignedJwt token) throws Invalid {
    String algorithm = token.algorithm();
    if (!ASYMMETRIC.contains(algorithm)) {
      throw new Invalid("algorithm not accepted");
    }
    String kid = token.kid().orElseThrow(() -> new Invalid("no key id"));
    SigningKey key =
        keys.find(tenantId, kid).orElseThrow(() -> new Invalid("not a key of the tenant"));
    JWTAuth verifier =
        verifiers.computeIfAbsent(
            kid + " " + algorithm,
            id ->
                verifier(
                    new PubSecKeyOptions().setId(kid).setAlgorithm(algorithm).setBuffer(pem(key))));
    require(verifier, token);
  }

  /** Throws unless the token is an HS256 one signed with that secret. */
  public void requireSecret(byte[] secret, SignedJwt token) throws Invalid {
    if (!token.algorithm().equals("HS256")) {
      throw new Invalid("algorithm not accepted");
    }
    require(
        verifier(new PubSecKeyOptions().setAlgorithm("HS256").setBuffer(Buffer.buffer(secret))),
        token);
  }

  private static void require(JWTAuth verifier, SignedJwt token) throws Invalid {
    boolean valid =
        verifier
            .authenticate(new TokenCredentials(token.compact()))
            .map(true)
            .otherwise(false)
            .await();
    if (!valid) {
      throw new Invalid("the signature is not valid");
    }
  }

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
