package dev.cambio.gateway.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.gateway.key.SignedJwt.Invalid;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("JWTs taken apart, contract token-endpoint §4.2")
class SignedJwtTest {

  @Test
  void readsHeaderAndClaims() throws Invalid {
    SignedJwt parsed =
        SignedJwt.parse(
            token(
                "{\"alg\":\"RS256\",\"kid\":\"k\"}", "{\"sub\":\"s\",\"aud\":[\"c\"],\"exp\":12}"));

    assertThat(parsed.algorithm()).isEqualTo("RS256");
    assertThat(parsed.kid()).contains("k");
    assertThat(parsed.text("sub")).isEqualTo("s");
    assertThat(parsed.audience()).isEqualTo("c");
    assertThat(parsed.seconds("exp")).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "e30.e30.",
        "e30=.e30.AA",
        "e31.e30.AA",
        "e30.e31.AA",
        "e30.e30.AB",
        "e30.e30.A",
        "e30.e30.AA ",
        "e30.e30.A\nA",
        "e30.e30.+/",
        "!.!.!",
        "e30.bnVsbA.AA"
      })
  void refusesWhatIsNoCompactJws(String token) {
    assertThatThrownBy(() -> SignedJwt.parse(token)).isInstanceOf(Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"RS256\",\"alg\":\"none\"}",
        "{\"alg\":\"RS256\",\"crit\":[\"x\"]}",
        "{\"alg\":\"RS256\",\"b64\":false}",
        "[]"
      })
  void refusesHeaders(String header) {
    assertThatThrownBy(() -> SignedJwt.parse(token(header, "{}"))).isInstanceOf(Invalid.class);
  }

  @ParameterizedTest
  @CsvSource({"ES256, 64", "ES384, 96", "EdDSA, 64", "HS256, 32"})
  @DisplayName("RFC 7518 §3.4: a signature has the length of its algorithm, so it is not in DER")
  void refusesSignaturesOfAnotherLength(String algorithm, int octets) throws Invalid {
    String unsigned = token("{\"alg\":\"" + algorithm + "\"}", "{}").replaceAll("AA$", "");

    assertThat(SignedJwt.parse(unsigned + encode("s".repeat(octets))).algorithm())
        .isEqualTo(algorithm);
    for (int other : new int[] {1, octets - 1, octets + 1, octets + 2, octets + 8, 2 * octets}) {
      assertThatThrownBy(() -> SignedJwt.parse(unsigned + encode("s".repeat(other))))
          .isInstanceOf(Invalid.class);
    }
  }

  @Test
  void refusesOversizedTokens() {
    String token = token("{}", "{\"x\":\"" + "x".repeat(64 * 1024) + "\"}");

    assertThatThrownBy(() -> SignedJwt.parse(token)).isInstanceOf(Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"aud\":[]}", "{\"aud\":[\"a\",\"b\"]}", "{\"aud\":1}"})
  void refusesAudiencesThatDoNotNameOneClient(String claims) throws Invalid {
    SignedJwt parsed = SignedJwt.parse(token("{}", claims));

    assertThatThrownBy(parsed::audience).isInstanceOf(Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"exp\":\"1\"}", "{\"exp\":1e99}", "{\"exp\":99999999999999999999}", "{}"})
  void refusesTimesThatAreNoNumbers(String claims) throws Invalid {
    SignedJwt parsed = SignedJwt.parse(token("{}", claims));

    assertThatThrownBy(() -> parsed.seconds("exp")).isInstanceOf(Invalid.class);
  }

  private static String token(String header, String claims) {
    return encode(header) + "." + encode(claims) + ".AA";
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"at+jwt", "application/AT+JWT"})
  void knowsTypedAccessTokens(String type) throws Invalid {
    assertThat(SignedJwt.parse(token("{\"typ\":\"" + type + "\"}", "{}")).isTypedAccessToken())
        .isTrue();
    assertThat(SignedJwt.parse(token("{\"typ\":\"JWT\"}", "{}")).isTypedAccessToken()).isFalse();
  }
}
