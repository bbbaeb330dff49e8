package dev.cambio.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SampleTokenTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1000), ZoneOffset.UTC);

  @Test
  void holdsTheClaimsOfTheSamplePartner() throws Exception {
    SampleToken token =
        new SampleToken(
            SampleToken.Signer.PARTNER, "sub-1", "a@acme.example", "A", Duration.ofMinutes(60));

    String[] parts = token.signed(CLOCK).split("\\.");

    assertThat(json(parts[0])).isEqualTo(new JsonObject().put("alg", "HS256").put("typ", "JWT"));
    assertThat(json(parts[1]))
        .isEqualTo(
            new JsonObject()
                .put("iss", "https://partner.acme.example")
                .put("sub", "sub-1")
                .put("email", "a@acme.example")
                .put("email_verified", true)
                .put("name", "A")
                .put("iat", 1000)
                .put("exp", 4600));
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] secret =
        "acme-partner-secret-0123456789abcdef0123456789".getBytes(StandardCharsets.UTF_8);
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    assertThat(Base64.getUrlDecoder().decode(parts[2]))
        .isEqualTo(mac.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII)));
  }

  private static JsonObject json(String part) {
    return new JsonObject(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
  }
}
