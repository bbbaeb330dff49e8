package dev.cambio.gateway.cli;

import dev.cambio.gateway.config.StartupException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The subject token of the quickstart: what the sample partner would hand to its client, a JWT
 * signed with HS256 and the sample tenant's published secret.
 */
record PartnerToken(String subject, String email, String name, Duration life) {
  private static final String ISSUER = "https://partner.acme.example";
  private static final String SECRET = "acme-partner-secret-0123456789abcdef0123456789";

  static PartnerToken sample() {
    return new PartnerToken(
        "partner-4711", "alex@partner.acme.example", "Alex Partner", Duration.ofHours(1));
  }

  String signed(Clock clock) {
    Instant now = clock.instant();
    JsonObject header = new JsonObject().put("alg", "HS256").put("typ", "JWT");
    JsonObject claims =
        new JsonObject()
            .put("iss", ISSUER)
            .put("sub", subject)
            .put("email", email)
            .put("email_verified", true)
            .put("name", name)
            .put("iat", now.getEpochSecond())
            .put("exp", now.plus(life).getEpochSecond());
    String signed = base64Url(header.encode()) + "." + base64Url(claims.encode());
    return signed + "." + base64Url(hmac(signed));
  }

  private static byte[] hmac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new StartupException("HMAC-SHA256 is not available", e);
    }
  }

  private static String base64Url(String text) {
    return base64Url(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64Url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
