package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.UUID;

/** A client assertion (RFC 7523) that is valid until a test changes one thing. */
final class ClientAssertion {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final KeyPair key;
  private final String algorithm;
  final ObjectNode header = JsonNodeFactory.instance.objectNode();
  final ObjectNode claims = JsonNodeFactory.instance.objectNode();

  ClientAssertion(KeyPair key, String algorithm, String clientId) {
    this.key = key;
    this.algorithm = algorithm;
    long now = System.currentTimeMillis() / 1000;
    header.put("alg", algorithm).put("typ", "JWT");
    claims
        .put("iss", clientId)
        .put("sub", clientId)
        .put("aud", TestNode.shared().contract())
        .put("jti", UUID.randomUUID().toString())
        .put("iat", now)
        .put("exp", now + 60);
  }

  static KeyPair newKey(String algorithm) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(algorithm.startsWith("ES") ? "EC" : "RSA");
      if (algorithm.startsWith("ES")) {
        generator.initialize(new ECGenParameterSpec("secp" + algorithm.substring(2) + "r1"));
      } else {
        generator.initialize(2048);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(KeyPair key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  String sign() {
    String input =
        BASE64URL.encodeToString(Json.writeBytes(header))
            + "."
            + BASE64URL.encodeToString(Json.writeBytes(claims));
    try {
      Signature signature = signature();
      signature.initSign(key.getPrivate());
      signature.update(input.getBytes(US_ASCII));
      return input + "." + BASE64URL.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Signature signature() throws GeneralSecurityException {
    String bits = algorithm.substring(2);
    return switch (algorithm.substring(0, 2)) {
      case "ES" -> Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
      case "PS" -> pss(bits);
      default -> Signature.getInstance("SHA" + bits + "withRSA");
    };
  }

  private static Signature pss(String bits) throws GeneralSecurityException {
    Signature pss = Signature.getInstance("RSASSA-PSS");
    MGF1ParameterSpec mask = new MGF1ParameterSpec("SHA-" + bits);
    pss.setParameter(
        new PSSParameterSpec("SHA-" + bits, "MGF1", mask, Integer.parseInt(bits) / 8, 1));
    return pss;
  }
}
