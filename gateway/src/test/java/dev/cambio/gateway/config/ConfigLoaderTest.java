package dev.cambio.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  private static final Set<String> KEYS =
      Set.of("http.port", "actions.timeout-ms", "master-key", "roles");

  @TempDir Path directory;

  @Nested
  class Layers {
    @Test
    void environmentWinsOverFileAndFlagsOverBoth() throws IOException {
      file("cambio:\n  http.port: 1\n  actions:\n    timeout-ms: 2\n  roles: [a, b]");

      Settings settings =
          load(Map.of("CAMBIO_HTTP_PORT", "3", "CAMBIO_ACTIONS_TIMEOUT_MS", "4"), "http.port=5");

      assertThat(settings.text("http.port", "")).isEqualTo("5");
      assertThat(settings.text("actions.timeout-ms", "")).isEqualTo("4");
      assertThat(settings.list("roles", List.of())).containsExactly("a", "b");
    }

    @Test
    void anEmptyVariableLeavesTheFilesValue() throws IOException {
      file("cambio: {http: {port: 1}}");

      assertThat(load(Map.of("CAMBIO_HTTP_PORT", "")).text("http.port", "")).isEqualTo("1");
    }

    @Test
    void anEmptyKeyIsNotSet() throws IOException {
      file("cambio:\n  master-key:\n  http:\n    port: ~");

      Settings settings = load(Map.of());

      assertThat(settings.optional("master-key")).isEmpty();
      assertThat(settings.optional("http.port")).isEmpty();
    }

    @Test
    void aScalarKeepsItsSpelling() throws IOException {
      file("cambio: {master-key: 0123, roles: 1_000}");

      Settings settings = load(Map.of());

      assertThat(settings.text("master-key", "")).isEqualTo("0123");
      assertThat(settings.text("roles", "")).isEqualTo("1_000");
    }

    @Test
    void withoutAFileDefaultsHold() {
      assertThat(load(Map.of()).optional("http.port")).isEmpty();
    }

    @Test
    void variablesOfOthersAndOfTheLauncherDoNotCount() {
      assertThat(load(Map.of("PATH", "x", "CAMBIO_JAVA_HOME", "x")).optional("http.port"))
          .isEmpty();
    }
  }

  @Nested
  class Mistakes {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '"',
        value = {
          "cambio: {http: {prot: 1}}| line 1: http.prot is not a known setting",
          "cambio: {http.port: 1, http: {port: 2}}| line 1: http.port is given twice, first at %s"
              + " line 1",
          "cambio: {http.port: 1, http.port: 2}| line 1: http.port is given twice, first at %s line"
              + " 1",
          "http: {port: 1}| line 1: 'http' must stand below the key 'cambio'",
          "[cambio]| line 1: expected the key 'cambio'",
          "cambio: 1| line 1: 'cambio' must hold keys",
          "cambio: {roles: [[a]]}| line 1: the items of roles must be plain values without a comma",
          "cambio: {roles: ['a,b']}| line 1: the items of roles must be plain values without a"
              + " comma",
          "cambio: {[a]: b}| line 1: a key must be plain text",
          "cambio: &a {http: *a}| line 1: nested too deeply",
          "cambio: {http: }}| line 1: not valid YAML: expected <block end>, but found '}'",
        })
    void inTheFileNameItsLine(String yaml, String message) throws IOException {
      Path file = file(yaml);

      assertMessage(() -> load(Map.of()), file + " " + message.formatted(file));
    }

    @Test
    void aBadValueNamesKeyValueAndPlace() throws IOException {
      Path file = file("cambio:\n  http:\n    port: 99999");

      assertMessage(
          () -> load(Map.of()).port("http.port", 1),
          file + " line 3: http.port is '99999', but must be a whole number from 0 to 65535");
      assertMessage(
          () -> load(Map.of("CAMBIO_HTTP_PORT", "x")).port("http.port", 1),
          "environment variable CAMBIO_HTTP_PORT: http.port is 'x', but must be a whole number"
              + " from 0 to 65535");
      assertMessage(
          () -> load(Map.of(), "http.port=-1").port("http.port", 1),
          "flag --set http.port: http.port is '-1', but must be a whole number from 0 to 65535");
    }

    @Test
    void anUnknownVariableIsNamed() {
      assertMessage(
          () -> load(Map.of("CAMBIO_HTTP_PROT", "1")),
          "environment variable CAMBIO_HTTP_PROT is not a known setting");
    }

    @Test
    void anUnknownFlagIsNamed() {
      assertMessage(
          () -> load(Map.of(), "http.prot=1"),
          "flag --set http.prot: http.prot is not a known setting");
      assertMessage(() -> load(Map.of(), "http.port"), "flag --set http.port must be KEY=VALUE");
    }

    @Test
    void aMissingFileIsNamed() {
      Path file = directory.resolve("other.yaml");

      assertMessage(
          () -> loader(Map.of()).load(Optional.of(file), List.of()),
          file + ": cannot be read (no such file)");
    }
  }

  private Path file(String yaml) throws IOException {
    Path file = directory.resolve("config").resolve("cambio.yaml");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, yaml);
  }

  private Settings load(Map<String, String> environment, String... flags) {
    return loader(environment).load(Optional.empty(), List.of(flags));
  }

  private ConfigLoader loader(Map<String, String> environment) {
    return new ConfigLoader(KEYS, environment, directory);
  }

  private static void assertMessage(Runnable load, String message) {
    assertThatExceptionOfType(SettingsException.class).isThrownBy(load::run).withMessage(message);
  }
}
