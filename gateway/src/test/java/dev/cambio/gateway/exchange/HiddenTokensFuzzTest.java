package dev.cambio.gateway.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.DisplayName;

/** Any text around a token of ours, and any text at all: found, or not, and nothing is thrown. */
@DisplayName("Tokens of ours in any text, additions C2")
class HiddenTokensFuzzTest {
  private static final String SIGNED = Disguises.signed();

  @FuzzTest(maxDuration = "1m")
  void text(byte[] text) {
    Disguises.HIDDEN.isIn(new String(text, UTF_8));
    LenientReadings.of(new String(text, ISO_8859_1))
        .ifPresent(readings -> assertThat(readings).hasSizeLessThanOrEqualTo(40));
  }

  /** What stands before or behind a token hides it from nobody. */
  @FuzzTest(maxDuration = "1m")
  void around(byte[] around) {
    String before = new String(around, 0, around.length / 2, UTF_8);
    String behind = new String(around, around.length / 2, around.length - around.length / 2, UTF_8);

    assertThat(Disguises.HIDDEN.isIn(before + SIGNED + behind)).isTrue();
    assertThat(Disguises.HIDDEN.isIn(before + Disguises.OPAQUE + behind)).isTrue();
  }
}
