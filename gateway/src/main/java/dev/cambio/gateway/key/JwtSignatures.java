package dev.cambio.gateway.key;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.key.SignedJwt.Unknown;
import dev.cambio.model.bus.Json;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.util.Base64;

/**
 * Verifies the signature of JWTs of ours with vertx-auth-jwt. The key is chosen here, and a
 * verifier knows one key and one algorithm only: a token cannot make a public key pass for a shared
 * secret. Times and audiences are the caller's to check.
 */
public final class JwtSignatures {
  private final Vertx vertx;
  private final SigningKeys keys;

  private static final int MAX_VERIFIERS = 1000;
  private static final int MAX_PEM_BYTES = 4 * 1024 * 1024;
  private static final int VERIFIER_BYTES = 4096;

  /** Verifiers of published keys, by the key itself and the algorithm. */
  private final Cache<Verifying, JWTAuth> verifiers =
      Caffeine.newBuilder().maximumSize(MAX_VERIFIERS).build();

  /** Verifiers of clients' keys by algorithm and key, which an administrator can make long. */
  private final Cache<String, JWTAuth> verifiersOfPem =
      Caffeine.newBuilder()
          .maximumWeight(MAX_PEM_BYTES)
          .weigher((String key, JWTAuth verifier) -> VERIFIER_BYTES + key.length())
          .build();

  private record Verifying(SigningKey key, String algorithm) {}

  public JwtSignatures(Vertx vertx, SigningKeys keys) {
    this.vertx = vertx;
    this.keys = keys;
  }

  /** Throws unless a published key of the tenant signed the token. */
  public void requireTenantKey(String tenantId, SignedJwt token) throws Invalid {
    String algorithm = token.algorithm();
    if (!KeyType.allAlgorithms().contains(algorithm)) {
      throw new Invalid("algorithm not accepted");
    }
    String kid = token.kid().orElseThrow(() -> new Invalid("no key id"));
    SigningKey key =
        keys.find(tenantId, kid).orElseThrow(() -> new Unknown("not a key of the tenant"));
    if (!key.type().signs(algorithm)) {
      throw new Invalid("another algorithm than the key's");
    }
    JWTAuth verifier =
        verifiers.get(
            new Verifying(key, algorithm),
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

  /**
   * Throws unless that key signed the token.
   *
   * @param pem a public key
   * @param algorithm that the token must say and the key fits
   */
  public void requirePem(String pem, String algorithm, SignedJwt token) throws Invalid {
    if (!token.algorithm().equals(algorithm)) {
      throw new Invalid("another algorithm than the key's");
    }
    require(
        verifiersOfPem.get(
            algorithm + pem,
            id ->
                verifier(
                    new PubSecKeyOptions().setAlgorithm(algorithm).setBuffer(Buffer.buffer(pem)))),
        token);
  }

  /**
   * Throws unless the key signed the token that carries it.
   *
   * @param jwk an asymmetric public key (RFC 7517), already checked to fit the algorithm
   */
  public void requireJwk(ObjectNode jwk, SignedJwt token) throws Invalid {
    JsonObject key = new JsonObject(Json.write(jwk)).put("alg", token.algorithm());
    JWTAuth verifier;
    try {
      verifier = JWTAuth.create(vertx, withoutTimes(new JWTAuthOptions().addJwk(key)));
    } catch (RuntimeException e) {
      throw new Invalid("the key is not usable");
    }
    require(verifier, token);
  }

  private static void require(JWTAuth verifier, SignedJwt token) throws Invalid {
    boolean valid;
    try {
      valid =
          verifier
              .authenticate(new TokenCredentials(token.compact()))
              .map(true)
              .otherwise(false)
              .await();
    } catch (ClassCastException e) { // vertx-auth-jwt reads times that are no numbers as numbers
      throw new Invalid("a time is not a number");
    }
    if (!valid) {
      throw new Invalid("the signature is not valid");
    }
  }

  private JWTAuth verifier(PubSecKeyOptions key) {
    return JWTAuth.create(vertx, withoutTimes(new JWTAuthOptions().addPubSecKey(key)));
  }

  private static JWTAuthOptions withoutTimes(JWTAuthOptions options) {
    return options.setJWTOptions(new JWTOptions().setIgnoreExpiration(true));
  }

  private static Buffer pem(SigningKey key) {
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.publicKey().getEncoded());
    return Buffer.buffer("-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n");
  }
}
