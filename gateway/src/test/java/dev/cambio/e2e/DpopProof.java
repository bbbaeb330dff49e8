package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

/** A DPoP proof (RFC 9449 §4.2) that is valid until a test changes one thing. */
public final class DpopProof {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
  private static final int P256_BYTES = 32;

  private final KeyPair key;
  final ObjectNode header = JsonNodeFactory.instance.objectNode();
  final ObjectNode claims = JsonNodeFactory.instance.objectNode();

  private DpopProof(KeyPair key, String algorithm, String tokenEndpoint) {
    this.key = key;
    header.put("typ", "dpop+jwt").put("alg", algorithm).set("jwk", jwk());
    claims
        .put("jti", UUID.randomUUID().toString())
        .put("htm", "POST")
        .put("htu", tokenEndpoint)
        .put("iat", System.currentTimeMillis() / 1000);
  }

  static DpopProof es256() {
    return es256(ownEndpoint());
  }

  /** A proof for that token endpoint. */
  public static DpopProof es256(String tokenEndpoint) {
    return of("EC", "ES256", tokenEndpoint);
  }

  static DpopProof rs256() {
    return of("RSA", "RS256", ownEndpoint());
  }

  private static String ownEndpoint() {
    return TestNode.shared().contract() + "oauth/token";
  }

  private static DpopProof of(String type, String algorithm, String tokenEndpoint) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
      if (type.equals("EC")) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      } else {
        generator.initialize(2048);
      }
      return new DpopProof(generator.generateKeyPair(), algorithm, tokenEndpoint);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private ObjectNode jwk() {
    ObjectNode jwk = JsonNodeFactory.instance.objectNode();
    switch (key.getPublic()) {
      case ECPublicKey ec ->
          jwk.put("crv", "P-256")
              .put("kty", "EC")
              .put("x", fixed(ec.getW().getAffineX()))
              .put("y", fixed(ec.getW().getAffineY()));
      case RSAPublicKey rsa ->
          jwk.put("e", unsigned(rsa.getPublicExponent()))
              .put("kty", "RSA")
              .put("n", unsigned(rsa.getModulus()));
      default -> throw new IllegalStateException();
    }
    return jwk;
  }

  private static String fixed(BigInteger coordinate) {
    byte[] bytes = coordinate.toByteArray();
    byte[] padded = new byte[P256_BYTES];
    int length = Math.min(bytes.length, P256_BYTES);
    System.arraycopy(bytes, bytes.length - length, padded, P256_BYTES - length, length);
    return BASE64URL.encodeToString(padded);
  }

  private static String unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int sign = bytes[0] == 0 ? 1 : 0;
    return BASE64URL.encodeToString(Arrays.copyOfRange(bytes, sign, bytes.length));
  }

  /** The same key in a proof for the userinfo endpoint (RFC 9449 §7.1). */
  DpopProof presenting(String accessToken) {
    claims
        .put("jti", UUID.randomUUID().toString())
        .put("htm", "GET")
        .put("htu", TestNode.shared().contract() + "userinfo")
        .put("ath", sha256(accessToken.getBytes(US_ASCII)));
    return this;
  }

  private static String sha256(byte[] bytes) {
    try {
      return BASE64URL.encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The RFC 7638 thumbprint of the key, computed here. */
  String thumbprint() {
    return sha256(Json.writeBytes(jwk()));
  }

  /** The proof, signed. */
  public String sign() {
    String input =
        BASE64URL.encodeToString(Json.writeBytes(header))
            + "."
            + BASE64URL.encodeToString(Json.writeBytes(claims));
    try {
      Signature signature =
          Signature.getInstance(
              key.getPublic() instanceof ECPublicKey
                  ? "SHA256withECDSAinP1363Format"
                  : "SHA256withRSA");
      signature.initSign(key.getPrivate());
      signature.update(input.getBytes(US_ASCII));
      return input + "." + BASE64URL.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
