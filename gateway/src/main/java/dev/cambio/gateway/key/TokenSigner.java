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
import java.util.Set;
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
  private final Set<String> algorithms;

  private TokenSigner(@Nullable String kid, Set<String> algorithms) {
    this.kid = kid;
    this.algorithms = algorithms;
  }

  /**
   * Signs with RS256, RS512 or PS256.
   *
   * @param pkcs8 the RSA private key
   */
  public static TokenSigner rsa(String kid, byte[] pkcs8) {
    try {
      PrivateKey key =
          KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      return new Rsa(kid, key);
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
    if (!algorithms.contains(algorithm)) {
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

  abstract byte[] sign(byte[] input, String algorithm) throws GeneralSecurityException;

  private static String encode(byte[] bytes) {
    return BASE64URL.encodeToString(bytes);
  }

  private static final class Rsa extends TokenSigner {
    private static final PSSParameterSpec PS256 =
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    private final PrivateKey key;

    Rsa(String kid, PrivateKey key) {
      super(kid, Set.of("RS256", "RS512", "PS256"));
      this.key = key;
    }

    @Override
    byte[] sign(byte[] input, String algorithm) throws GeneralSecurityException {
      Signature signature =
          Signature.getInstance(
              switch (algorithm) {
                case "RS256" -> "SHA256withRSA";
                case "RS512" -> "SHA512withRSA";
                default -> "RSASSA-PSS";
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
      super(null, Set.of("HS256"));
      this.key = new SecretKeySpec(secret, "HmacSHA256");
    }

    @Override
    byte[] sign(byte[] input, String algorithm) throws GeneralSecurityException {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(input);
    }
  }
}
