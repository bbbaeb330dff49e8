package dev.cambio.gateway.dpop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.DpopProofInvalid;
import dev.cambio.gateway.key.Base64Url;
import dev.cambio.model.bus.Json;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The public key that a proof carries (RFC 9449 §4.2).
 *
 * @param jwk its members that count: those of its thumbprint
 */
record ProofKey(ObjectNode jwk) {
  /** Signature algorithms of proofs. */
  static final List<String> ALGORITHMS = List.of("ES256", "RS256");

  /** Members of the thumbprint, in its order (RFC 7638 §3.2). */
  private static final Map<String, List<String>> MEMBERS =
      Map.of("ES256", List.of("crv", "kty", "x", "y"), "RS256", List.of("e", "kty", "n"));

  private static final Set<String> PRIVATE = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final int P256_BYTES = 32;

  /** Reads the {@code jwk} of a proof's header; it must be a public key that fits the algorithm. */
  static ProofKey of(String algorithm, JsonNode header) {
    List<String> members = MEMBERS.get(algorithm);
    if (members == null) {
      throw new DpopProofInvalid("DPoP proof: alg must be one of " + String.join(", ", ALGORITHMS));
    }
    if (!(header.path("jwk") instanceof ObjectNode given)) {
      throw invalid();
    }
    ObjectNode jwk = JsonNodeFactory.instance.objectNode();
    for (String member : members) {
      String value = given.path(member).textValue();
      if (value == null || value.isEmpty()) {
        throw invalid();
      }
      jwk.put(member, value);
    }
    if (PRIVATE.stream().anyMatch(given::has) || !fits(algorithm, jwk)) {
      throw invalid();
    }
    return new ProofKey(jwk);
  }

  private static boolean fits(String algorithm, ObjectNode jwk) {
    try {
      if (algorithm.equals("ES256")) {
        return jwk.path("kty").asText().equals("EC")
            && jwk.path("crv").asText().equals("P-256")
            && decoded(jwk, "x").length == P256_BYTES
            && decoded(jwk, "y").length == P256_BYTES;
      }
      int bits = new BigInteger(1, decoded(jwk, "n")).bitLength();
      return jwk.path("kty").asText().equals("RSA")
          && bits >= MIN_RSA_BITS
          && bits <= MAX_RSA_BITS
          && decoded(jwk, "e").length <= 4;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] decoded(ObjectNode jwk, String member) {
    return Base64Url.decode(jwk.path(member).asText());
  }

  private static DpopProofInvalid invalid() {
    return new DpopProofInvalid("DPoP proof: jwk must be a public key that fits alg");
  }

  /** The SHA-256 thumbprint (RFC 7638), {@code cnf.jkt} of tokens. */
  String thumbprint() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Json.writeBytes(jwk));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
