package dev.cambio.gateway.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Keys of clients, contract token-endpoint §1.2")
class CredentialKeyTest {
  private static byte[] publicKey(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair().getPublic().getEncoded();
  }

  private static String pem(byte[] der) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END PUBLIC KEY-----\n";
  }

  @ParameterizedTest
  @CsvSource({"secp256r1, ES256, ES384", "secp384r1, ES384, ES256"})
  @DisplayName("a key on a curve fits the algorithm of that curve alone")
  void fits(String curve, String algorithm, String other) throws Exception {
    CredentialKey key = CredentialKey.parse(pem(publicKey(curve)));

    assertThat(key.fits(algorithm)).isTrue();
    assertThat(key.fits(other)).isFalse();
    assertThat(key.fits("RS256")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"secp256r1", "secp384r1"})
  @DisplayName("a point beside its curve is no key")
  void offCurve(String curve) throws Exception {
    byte[] der = publicKey(curve);
    der[der.length - 1] ^= 1;

    assertThatThrownBy(() -> CredentialKey.parse(pem(der)))
        .isInstanceOf(CredentialKey.Unusable.class)
        .hasMessage("Not a readable public key or certificate");
  }
}
