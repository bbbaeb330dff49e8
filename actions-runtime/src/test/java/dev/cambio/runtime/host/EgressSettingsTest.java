package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EgressSettingsTest {
  private static EgressSettings read(Map<String, String> given) {
    return EgressSettings.read(
        new Settings(
            given.entrySet().stream()
                .collect(
                    Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new Settings.Value(entry.getValue(), "test")))));
  }

  @Test
  void everyLimitIsOnByDefault() {
    assertThat(read(Map.of()).limits()).isEqualTo(EgressLimits.STANDARD);
    assertThat(read(Map.of()).trust()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "actions.egress-requests, -1",
    "actions.egress-concurrent, 65",
    "actions.egress-redirects, 21",
    "actions.egress-timeout-ms, 0",
    "actions.egress-request-bytes, 5242881",
    "actions.egress-response-bytes, 0",
    "actions.egress-header-bytes, x",
    "actions.egress-total-bytes, 0",
    "actions.egress-allow, everything",
    "actions.egress-ca-file, /nowhere/ca.pem",
  })
  void namesABadValue(String key, String value) {
    assertThatThrownBy(() -> read(Map.of(key, value)))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("test: " + key + " is '" + value + "', but must be ");
  }

  @Test
  void aFileOfAuthoritiesMustHoldSome(@TempDir Path directory) throws Exception {
    Path empty = Files.writeString(directory.resolve("ca.pem"), "");

    assertThatThrownBy(() -> read(Map.of("actions.egress-ca-file", empty.toString())))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("must be a file of certificates in PEM");
  }
}
