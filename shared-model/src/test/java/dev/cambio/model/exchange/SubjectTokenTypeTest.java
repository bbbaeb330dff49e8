package dev.cambio.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Subject token types, contract token-endpoint §2.1 and §2.2")
class SubjectTokenTypeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "urn:acme:partner-token",
        "https://acme.example/tokens/partner",
        "http://acme.example/t",
        "https://auth0.com.evil.example/t",
        "urn:ietfx:token",
        "https://notokta.com/t"
      })
  void accepts(String value) {
    assertThat(new SubjectTokenType(value).value()).isEqualTo(value);
    assertThat(SubjectTokenType.isReserved(value)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "urn:ietf:params:oauth:token-type:jwt",
        "URN:IETF:params",
        "urn:auth0:token",
        "urn:okta:token",
        "http://auth0.com/t",
        "https://AUTH0.com/t",
        "https://tenant.auth0.com/t",
        "https://okta.com",
        "https://okta.com:443/t",
        "https://user@okta.com/t",
        "https://okta.com./t"
      })
  void reserves(String value) {
    assertThat(SubjectTokenType.isReserved(value)).isTrue();
    assertThatIllegalArgumentException().isThrownBy(() -> new SubjectTokenType(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "urn:a:b",
        "acme-token",
        "ftp://acme.example/t",
        "/relative/token",
        "https:///none",
        "urn:acme token:x"
      })
  void refuses(String value) {
    assertThatIllegalArgumentException().isThrownBy(() -> new SubjectTokenType(value));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 100})
  void acceptsLengthsAtTheBounds(int length) {
    String value = "urn:a:" + "b".repeat(length - 6);
    assertThat(new SubjectTokenType(value).value()).hasSize(length);
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 101})
  void refusesLengthsBeyondTheBounds(int length) {
    String value = "urn:a:" + "b".repeat(length - 6);
    assertThatIllegalArgumentException().isThrownBy(() -> new SubjectTokenType(value));
  }
}
