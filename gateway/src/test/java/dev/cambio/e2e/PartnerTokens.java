package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Subject tokens as the quickstart tenant's partner signs them. */
public final class PartnerTokens {
  static final String SECRET = "acme-partner-secret-0123456789abcdef0123456789";

  private PartnerTokens() {}

  /** Claims that the partner Action accepts. */
  static ObjectNode claims() {
    return claims(TestNode.shared().quickstart());
  }

  /** The same for the gateway of that issuer. */
  public static ObjectNode claims(String audience) {
    long now = System.currentTimeMillis() / 1000;
    return JsonNodeFactory.instance
        .objectNode()
        .put("iss", "https://partner.acme.example")
        .put("aud", audience)
        .put("sub", "partner-7")
        .put("email", "pat@partner.example")
        .put("email_verified", true)
        .put("name", "Pat Partner")
        .put("iat", now)
        .put("exp", now + 300);
  }

  static String valid() {
    return signed(claims(), SECRET);
  }

  /** A token for the gateway of that issuer. */
  static String valid(String issuer) {
    return signed(claims(issuer), SECRET);
  }

  /** Those claims, signed with that secret. */
  public static String signed(ObjectNode claims, String secret) {
    try {
      String input =
          encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(UTF_8))
              + "."
              + encode(Json.writeBytes(claims));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return input + "." + encode(mac.doFinal(input.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
