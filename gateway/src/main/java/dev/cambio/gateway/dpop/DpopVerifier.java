package dev.cambio.gateway.dpop;

import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.DpopNonceRequired;
import dev.cambio.gateway.error.OAuthException.DpopProofInvalid;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.store.Database;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Verifies DPoP proofs of token requests (RFC 9449 §4.3, contract token-endpoint §1.4).
 *
 * <p>Each is good for one request, as PostgreSQL decides ({@link UsedProofs}).
 */
public final class DpopVerifier {
  /** Signature algorithms of proofs. */
  public static final List<String> ALGORITHMS = ProofKey.ALGORITHMS;

  private static final long WINDOW_SECONDS = 60;
  private static final int MAX_JTI = 256;

  private final JwtSignatures signatures;
  private final DpopNonces nonces;
  private final UsedProofs used;
  private final Clock clock;

  public DpopVerifier(JwtSignatures signatures, DpopNonces nonces, Database database, Clock clock) {
    this.signatures = signatures;
    this.nonces = nonces;
    this.used = new UsedProofs(database, Duration.ofSeconds(2 * WINDOW_SECONDS), clock);
    this.clock = clock;
  }

  /**
   * The thumbprint of the key that the request proves to have; empty if it proves none.
   *
   * @param endpoint the URL that the proof must be for
   */
  public Optional<String> verify(
      String tenantId, Client client, InboundRequest inbound, String endpoint) {
    return inbound
        .header("dpop")
        .map(
            proof -> {
              boolean nonceNeeded = !client.isConfidential();
              return thumbprint(
                  tenantId, parse(proof), new Expected("POST", endpoint), nonceNeeded);
            });
  }

  /**
   * The thumbprint of the key that a request proves to have which presents a bound token (RFC 9449
   * §7).
   *
   * @param method that the proof must name
   * @param endpoint the URL that the proof must be for
   * @param accessToken whose hash the proof must name
   */
  public String requirePresented(
      String tenantId, InboundRequest inbound, String method, String endpoint, String accessToken) {
    SignedJwt proof =
        parse(inbound.header("dpop").orElseThrow(() -> invalid("missing for a bound token")));
    if (!proof.claims().path("ath").asText("").equals(sha256(accessToken))) {
      throw invalid("ath is not the hash of the access token");
    }
    return thumbprint(tenantId, proof, new Expected(method, endpoint), false);
  }

  /** The request that a proof must be for. */
  private record Expected(String method, String endpoint) {}

  private static SignedJwt parse(String proof) {
    try {
      return SignedJwt.parse(proof);
    } catch (Invalid e) {
      throw invalid(e.reason());
    }
  }

  private String thumbprint(
      String tenantId, SignedJwt proof, Expected expected, boolean nonceNeeded) {
    if (!proof.header().path("typ").asText().equals("dpop+jwt")) {
      throw invalid("typ must be dpop+jwt");
    }
    ProofKey key = ProofKey.of(proof.algorithm(), proof.header());
    String id;
    try {
      signatures.requireJwk(key.jwk(), proof);
      requireTarget(proof, expected);
      requireRecent(proof);
      id = proof.text("jti");
    } catch (Invalid e) {
      throw invalid(e.reason());
    }
    if (id.length() > MAX_JTI) {
      throw invalid("jti is longer than " + MAX_JTI + " characters");
    }
    requireNonce(tenantId, nonceNeeded, proof);
    String thumbprint = key.thumbprint();
    if (!used.isFirst(tenantId, thumbprint, id)) {
      throw invalid("the proof was used before");
    }
    return thumbprint;
  }

  private static void requireTarget(SignedJwt proof, Expected request) throws Invalid {
    if (!proof.text("htm").equals(request.method())) {
      throw new Invalid("htm must be " + request.method());
    }
    URI target;
    try {
      target = URI.create(proof.text("htu"));
    } catch (IllegalArgumentException e) {
      throw new Invalid("htu is no URL");
    }
    URI expected = URI.create(request.endpoint());
    boolean same =
        expected.getScheme().equalsIgnoreCase(target.getScheme())
            && expected.getRawAuthority().equalsIgnoreCase(target.getRawAuthority())
            && expected.getRawPath().equals(target.getRawPath());
    if (!same) {
      throw new Invalid("htu is not this endpoint");
    }
  }

  private void requireRecent(SignedJwt proof) throws Invalid {
    long age = clock.instant().getEpochSecond() - proof.seconds("iat");
    if (Math.abs(age) > WINDOW_SECONDS) {
      throw new Invalid("iat is not within " + WINDOW_SECONDS + " seconds");
    }
  }

  /** Public clients must use a nonce; whoever sends one must send a fresh one. */
  private void requireNonce(String tenantId, boolean needed, SignedJwt proof) {
    String nonce = proof.claims().path("nonce").asText("");
    if ((needed || !nonce.isEmpty()) && !nonces.isFresh(tenantId, nonce)) {
      throw new DpopNonceRequired(nonces.make(tenantId));
    }
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DpopProofInvalid invalid(String reason) {
    return new DpopProofInvalid("DPoP proof: " + reason);
  }
}
