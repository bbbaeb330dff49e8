package dev.cambio.model.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class BusSealTest {
  private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
  private static final byte[] PLAIN = "a subject token".getBytes(UTF_8);

  private final BusSeal sender = new BusSeal(SECRET, new SecureRandom());
  private final BusSeal receiver = new BusSeal(SECRET, new SecureRandom());

  @Test
  void anotherNodeWithTheSecretOpens() throws Exception {
    assertThat(receiver.open("form", sender.seal("form", PLAIN))).isEqualTo(PLAIN);
  }

  @Test
  void nothingOfThePlainTextIsVisible() {
    assertThat(new String(sender.seal("form", PLAIN), UTF_8)).doesNotContain("subject");
  }

  @Test
  void equalMessagesAreSealedDifferently() {
    assertThat(sender.seal("form", PLAIN)).isNotEqualTo(sender.seal("form", PLAIN));
  }

  @Test
  void refusesAnotherPurpose() {
    byte[] sealed = sender.seal("form", PLAIN);
    assertThatThrownBy(() -> receiver.open("other", sealed))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void refusesAnotherSecret() {
    BusSeal stranger =
        new BusSeal("another secret of a cluster".getBytes(UTF_8), new SecureRandom());
    byte[] sealed = stranger.seal("form", PLAIN);
    assertThatThrownBy(() -> receiver.open("form", sealed))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void refusesEveryChangedByte() {
    byte[] sealed = sender.seal("form", PLAIN);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> receiver.open("form", changed))
          .isInstanceOf(GeneralSecurityException.class);
    }
  }

  @Test
  void refusesTruncatedMessages() {
    assertThatThrownBy(() -> receiver.open("form", new byte[5]))
        .isInstanceOf(GeneralSecurityException.class);
  }
}
