package dev.cambio.gateway.key;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The key set that a tenant publishes (RFC 7517, contract token-endpoint §11.2). */
public final class Jwks {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  /** Octets of a coordinate on P-256 and of a point of Ed25519. */
  private static final int COORDINATE = 32;

  private Jwks() {}

  /**
   * {@code /.well-known/jwks.json}.
   *
   * @param tellsAlgorithm whether RSA keys say which algorithm they are for; the others have one
   *     only
   */
  public static ObjectNode of(List<SigningKey> keys, boolean tellsAlgorithm) {
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    ArrayNode members = set.putArray("keys");
    keys.forEach(key -> members.add(jwk(key, tellsAlgorithm || key.type() != KeyType.RSA)));
    return set;
  }

  private static ObjectNode jwk(SigningKey key, boolean tellsAlgorithm) {
    try {
      byte[] certificate = key.certificate().getEncoded();
      ObjectNode jwk =
          JsonNodeFactory.instance.objectNode().put("kty", key.type().name()).put("use", "sig");
      if (tellsAlgorithm) {
        jwk.put("alg", key.type().algorithms().getFirst());
      }
      jwk.put("kid", key.kid());
      addPublicKey(jwk, key.publicKey());
      jwk.put(
          "x5t", BASE64URL.encodeToString(MessageDigest.getInstance("SHA-1").digest(certificate)));
      jwk.putArray("x5c").add(Base64.getEncoder().encodeToString(certificate));
      return jwk;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a signing key's certificate is not usable", e);
    }
  }

  private static void addPublicKey(ObjectNode jwk, PublicKey key) {
    switch (key) {
      case RSAPublicKey rsa ->
          jwk.put("n", unsigned(rsa.getModulus())).put("e", unsigned(rsa.getPublicExponent()));
      case ECPublicKey ec ->
          jwk.put("crv", "P-256")
              .put("x", fixed(ec.getW().getAffineX(), COORDINATE))
              .put("y", fixed(ec.getW().getAffineY(), COORDINATE));
      default -> {
        // The point of Ed25519 ends its SubjectPublicKeyInfo (RFC 8410 §4).
        byte[] info = key.getEncoded();
        byte[] point = Arrays.copyOfRange(info, info.length - COORDINATE, info.length);
        jwk.put("crv", "Ed25519").put("x", BASE64URL.encodeToString(point));
      }
    }
  }

  /** The thumbprint of a key (RFC 7638) with SHA-256, in base64url. */
  public static String thumbprint(PublicKey key) {
    String members =
        switch (key) {
          case RSAPublicKey rsa ->
              "{\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"}"
                  .formatted(unsigned(rsa.getPublicExponent()), unsigned(rsa.getModulus()));
          case ECPublicKey ec -> {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            yield "{\"crv\":\"P-%d\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}"
                .formatted(
                    bits,
                    fixed(ec.getW().getAffineX(), bits / Byte.SIZE),
                    fixed(ec.getW().getAffineY(), bits / Byte.SIZE));
          }
          default -> throw new IllegalArgumentException("neither an RSA nor an EC key");
        };
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(members.getBytes(StandardCharsets.US_ASCII));
      return BASE64URL.encodeToString(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A coordinate (RFC 7518 §6.2.1.2): as many octets as the curve has. */
  private static String fixed(BigInteger coordinate, int length) {
    byte[] bytes = coordinate.toByteArray();
    byte[] octets = new byte[length];
    int count = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - count, octets, length - count, count);
    return BASE64URL.encodeToString(octets);
  }

  /** Base64urlUInt (RFC 7518 §2): big-endian without leading zero octets. */
  private static String unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int start = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    return BASE64URL.encodeToString(
        start == 0 ? bytes : Arrays.copyOfRange(bytes, start, bytes.length));
  }
}
