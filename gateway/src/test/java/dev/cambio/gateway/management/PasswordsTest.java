package dev.cambio.gateway.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;

class PasswordsTest {
  private final Passwords passwords = new Passwords(new SecureRandom());

  @Test
  void theHashTellsAllThatACheckNeeds() {
    String[] parts = passwords.hash("pässword").split("\\$");

    assertThat(parts).hasSize(6);
    assertThat(parts[1] + " " + parts[2] + " " + parts[3])
        .isEqualTo("argon2id v=19 m=19456,t=2,p=1");
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(19)
            .withMemoryAsKB(19456)
            .withIterations(2)
            .withParallelism(1)
            .withSalt(Base64.getDecoder().decode(parts[4]))
            .build());
    byte[] expected = new byte[32];
    argon2.generateBytes("pässword".getBytes(UTF_8), expected);
    assertThat(Base64.getDecoder().decode(parts[5])).isEqualTo(expected);
  }

  @Test
  void equalPasswordsHaveDifferentHashes() {
    assertThat(passwords.hash("a")).isNotEqualTo(passwords.hash("a"));
  }
}
