package dev.cambio.gateway.key;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs JWTs in compact serialization (RFC 7515 §3.1) with one key. Written on JCA itself, since
 * the header's {@code typ} tells access tokens of RFC 9068 from other JWTs and vertx-auth-jwt fixes
 * it. Thread-safe.
 */
public abstract sealed class TokenSigner {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  /** {@code typ} of ID tokens and of access tokens in Auth0's own dialect. */
  public static final String JWT = "JWT";

  /** {@code typ} of access tokens after RFC 9068 §2.1. */
  public static final String ACCESS_TOKEN_JWT = "at+jwt";

  private final @Nullable String kid;

  private TokenSigner(@Nullable String kid) {
    this.kid = kid;
  }

  /**
   * Signs with a key of that kind.
   *
   * @param pkcs8 the private key
   */
  public static TokenSigner of(KeyType type, String kid, byte[] pkcs8) {
    try {
      PrivateKey key =
          KeyFactory.getInstance(type.jcaName()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      return new PrivateKeySigner(type, kid, key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing key " + kid + " is not readable", e);
    }
  }

  /** Signs with HS256 and a shared secret. */
  public static TokenSigner hmac(byte[] secret) {
    return new Hmac(secret);
  }

  /**
   * The signed token.
   *
   * @param type the header's {@code typ}
   * @throws IllegalArgumentException for an algorithm this key does not sign with
   */
  public final String sign(ObjectNode claims, String algorithm, String type) {
    if (!signs(algorithm)) {
      throw new IllegalArgumentException("cannot sign with " + algorithm);
    }
    ObjectNode header =
        JsonNodeFactory.instance.objectNode().put("alg", algorithm).put("typ", type);
    if (kid != null) {
      header.put("kid", kid);
    }
    String input = encode(Json.writeBytes(header)) + "." + encode(Json.writeBytes(claims));
    try {
      return input + "." + encode(sign(input.getBytes(StandardCharsets.US_ASCII), algorithm));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing with " + algorithm + " failed", e);
    }
  }

  abstract boolean signs(String algorithm);

  abstract byte[] sign(byte[] input, String algorithm) throws GeneralSecurityException;

  private static String encode(byte[] bytes) {
    return BASE64URL.encodeToString(bytes);
  }

  private static final class PrivateKeySigner extends TokenSigner {
    private static final PSSParameterSpec PS256 =
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    private final KeyType type;
    private final PrivateKey key;

    PrivateKeySigner(KeyType type, String kid, PrivateKey key) {
      super(kid);
      this.type = type;
      this.key = key;
    }

    @Override
    boolean signs(String algorithm) {
      return type.signs(algorithm);
    }

    @Override
    byte[] sign(byte[] input, String algorithm) throws GeneralSecurityException {
      Signature signature =
          Signature.getInstance(
              switch (algorithm) {
                case "RS256" -> "SHA256withRSA";
                case "RS512" -> "SHA512withRSA";
                case "PS256" -> "RSASSA-PSS";
                // Both halves at full length, as RFC 7518 §3.4 wants them, and not in DER.
                case "ES256" -> "SHA256withECDSAinP1363Format";
                default -> "Ed25519";
              });
      if (algorithm.equals("PS256")) {
        signature.setParameter(PS256);
      }
      signature.initSign(key);
      signature.update(input);
      return signature.sign();
    }
  }

  private static final class Hmac extends TokenSigner {
    private final SecretKeySpec key;

    Hmac(byte[] secret) {
      super(null);
      this.key = new SecretKeySpec(secret, "HmacSHA256");
    }

    @Override
    boolean signs(String algorithm) {
      return algorithm.equals("HS256");
    }

    @Override
    byte[] sign(byte[] input, String algorithm) throws GeneralSecurityException {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(input);
    }
  }
}
