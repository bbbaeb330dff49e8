package dev.cambio.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private enum Color {
    RED,
    DARK_BLUE
  }

  @Test
  void defaultsHoldWhenNothingOrNothingButEmptinessIsSet() {
    Settings settings = settings(Map.of("http.port", ""));

    assertThat(settings.port("http.port", 8080)).isEqualTo(8080);
    assertThat(settings.list("roles", List.of("a"))).containsExactly("a");
  }

  @Test
  void readsEveryKind() {
    Settings settings =
        settings(Map.of("p", "9", "f", "true", "l", "a, b,,c", "c", "dark-blue", "d-ms", "250"));

    assertThat(settings.port("p", 1)).isEqualTo(9);
    assertThat(settings.flag("f", false)).isTrue();
    assertThat(settings.list("l", List.of())).containsExactly("a", "b", "c");
    assertThat(settings.choice("c", Color.RED)).isEqualTo(Color.DARK_BLUE);
    assertThat(settings.millis("d-ms", Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1)))
        .isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void complaintsNameFileKeyValueAndWhatIsExpected() {
    assertThatThrownBy(() -> settings(Map.of("http.port", "70000")).port("http.port", 1))
        .isInstanceOf(SettingsException.class)
        .hasMessage("test.yaml: http.port is '70000', but must be a whole number from 0 to 65535");
    assertThatThrownBy(() -> settings(Map.of("f", "yes")).flag("f", true))
        .hasMessage("test.yaml: f is 'yes', but must be true or false");
    assertThatThrownBy(() -> settings(Map.of("c", "blue")).choice("c", Color.RED))
        .hasMessage("test.yaml: c is 'blue', but must be one of red, dark-blue");
  }

  @Test
  void secretsAreNotShown() {
    assertThat(settings(Map.of("master-key", "hunter2")).badSecret("master-key", "32 bytes"))
        .hasMessage("test.yaml: master-key must be 32 bytes");
  }

  @Test
  void unknownKeysAreRefused() {
    Settings settings = settings(Map.of("http.port", "1", "htpp.port", "2"));
    settings.port("http.port", 0);

    assertThatThrownBy(settings::rejectUnknown)
        .isInstanceOf(SettingsException.class)
        .hasMessage("test.yaml: htpp.port is not a known setting");
  }

  private static Settings settings(Map<String, String> texts) {
    return new Settings(
        texts.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    entry -> new Settings.Value(entry.getValue(), "test.yaml"))));
  }
}
