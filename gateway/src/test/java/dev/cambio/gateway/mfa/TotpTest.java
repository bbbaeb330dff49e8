package dev.cambio.gateway.mfa;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("One-time passwords by time (RFC 6238)")
class TotpTest {
  private static final byte[] KEY = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

  @ParameterizedTest
  @DisplayName("the vectors of RFC 6238, appendix B, their last six digits")
  @CsvSource({
    "59,287082",
    "1111111109,081804",
    "1111111111,050471",
    "1234567890,005924",
    "2000000000,279037",
    "20000000000,353130"
  })
  void knowsTheVectors(long seconds, String code) {
    assertThat(Totp.step(KEY, code, Instant.ofEpochSecond(seconds))).hasValue(seconds / 30);
  }

  @Test
  void acceptsOneStepEitherWayAndNoMore() {
    Instant now = Instant.ofEpochSecond(1_700_000_000);
    long step = now.getEpochSecond() / 30;

    assertThat(Totp.step(KEY, Totp.code(KEY, step - 1), now)).hasValue(step - 1);
    assertThat(Totp.step(KEY, Totp.code(KEY, step + 1), now)).hasValue(step + 1);
    assertThat(Totp.step(KEY, Totp.code(KEY, step - 2), now)).isEmpty();
    assertThat(Totp.step(KEY, Totp.code(KEY, step + 2), now)).isEmpty();
    assertThat(Totp.step(KEY, "", now)).isEmpty();
  }

  @Test
  @DisplayName("base32 reads as in RFC 4648, §10")
  void readsBase32() {
    assertThat(Codes.bytes("MZXW6YTBMZXW6YTB")).asString().isEqualTo("foobafooba");
  }
}
