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
 * A subject token for the quickstart tenant: what the sample partner, or Acme's own sign-on, would
 * hand to its client. A JWT signed with HS256 and a published secret.
 */
record SampleToken(Signer signer, String subject, String email, String name, Duration life) {

  /** Who signs: the profile's Action trusts one of them. */
  enum Signer {
    PARTNER("https://partner.acme.example", "acme-partner-secret-0123456789abcdef0123456789"),
    EMPLOYER("https://sso.acme.example", "acme-employee-secret-0123456789abcdef012345678");

    private final String issuer;
    private final String secret;

    Signer(String issuer, String secret) {
      this.issuer = issuer;
      this.secret = secret;
    }
  }

  static SampleToken sample() {
    return new SampleToken(
        Signer.PARTNER,
        "partner-4711",
        "alex@partner.acme.example",
        "Alex Partner",
        Duration.ofHours(1));
  }

  String signed(Clock clock) {
    Instant now = clock.instant();
    JsonObject header = new JsonObject().put("alg", "HS256").put("typ", "JWT");
    JsonObject claims =
        new JsonObject()
            .put("iss", signer.issuer)
            .put("sub", subject)
            .put("email", email)
            .put("email_verified", true)
            .put("name", name)
            .put("iat", now.getEpochSecond())
            .put("exp", now.plus(life).getEpochSecond());
    String signed = base64Url(header.encode()) + "." + base64Url(claims.encode());
    return signed + "." + base64Url(hmac(signed));
  }

  private byte[] hmac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(signer.secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
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
