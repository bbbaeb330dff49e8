package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleMaskTest {

  private static ConsoleMask mask(Map<String, String> secrets, List<String> sensitive) {
    return ConsoleMask.of(
        new ActionInvocation(
            "exe",
            "acme",
            Trigger.POST_LOGIN,
            new ActionVersion("act", "name", "ver", "hash"),
            "{}",
            secrets,
            sensitive,
            1000));
  }

  @Test
  void replacesEveryOccurrence() {
    ConsoleMask mask = mask(Map.of("A", "12345678"), List.of("tok"));

    assertThat(mask.mask("12345678 tok 12345678")).isEqualTo("[redacted] [redacted] [redacted]");
  }

  @Test
  void leavesShortSecretsAlone() {
    assertThat(mask(Map.of("A", "1234567"), List.of("")).mask("1234567")).isEqualTo("1234567");
  }

  @Test
  void replacesTheLongerOfTwoOverlappingValues() {
    ConsoleMask mask = mask(Map.of("A", "12345678", "B", "123456789"), List.of());

    assertThat(mask.mask("123456789")).isEqualTo("[redacted]");
  }

  @Test
  void knowsTheEscapedForm() {
    ConsoleMask mask = mask(Map.of("KEY", "-----BEGIN\nabc\n-----END"), List.of());

    assertThat(mask.mask("{ key: '-----BEGIN\\nabc\\n-----END' }"))
        .isEqualTo("{ key: '[redacted]' }");
  }

  @Test
  void knowsTheFormsInUrls() {
    ConsoleMask mask = mask(Map.of("KEY", "a secret/of us"), List.of());

    assertThat(mask.mask("?a=a+secret%2Fof+us&b=a%20secret%2Fof%20us&c=1"))
        .isEqualTo("?a=[redacted]&b=[redacted]&c=1");
  }
}
