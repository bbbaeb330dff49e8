package dev.cambio.gateway.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SecretSealTest {
  private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
  private static final byte[] PLAIN = "hunter2".getBytes(UTF_8);

  private final SecretSeal seal = SecretSeal.of(KEY);

  @Test
  void opensWhatItSealed() {
    assertThat(SecretSeal.of(KEY).open(seal.seal(PLAIN, "a"), "a")).isEqualTo(PLAIN);
  }

  @Test
  void hidesAndNeverRepeats() {
    assertThat(new String(seal.seal(PLAIN, "a"), UTF_8)).doesNotContain("hunter2");
    assertThat(seal.seal(PLAIN, "a")).isNotEqualTo(seal.seal(PLAIN, "a"));
  }

  @Test
  void refusesAnotherContext() {
    byte[] sealed = seal.seal(PLAIN, "client_secret/t1/app");

    assertThatThrownBy(() -> seal.open(sealed, "client_secret/t2/app"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void tellsWhatItOpens() {
    byte[] sealed = seal.seal(PLAIN, "a");

    assertThat(seal.opens(sealed, "a")).isTrue();
    assertThat(seal.opens(sealed, "b")).isFalse();
    assertThat(seal.opens(new byte[0], "a")).isFalse();
    sealed[sealed.length - 1] ^= 1;
    assertThat(seal.opens(sealed, "a")).isFalse();
  }

  @Test
  void refusesAnotherKey() {
    byte[] sealed = seal.seal(PLAIN, "a");
    SecretSeal other = SecretSeal.of("another key of thirty-two bytes!".getBytes(UTF_8));

    assertThatThrownBy(() -> other.open(sealed, "a")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesKeysOfAnotherLength() {
    assertThatIllegalArgumentException().isThrownBy(() -> SecretSeal.of(new byte[16]));
  }
}
