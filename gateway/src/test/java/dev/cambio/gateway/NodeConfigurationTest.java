package dev.cambio.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The sample file and the README follow the code. */
class NodeConfigurationTest {
  private static final Path SAMPLE = ConfigLoader.home().resolve("config").resolve("cambio.yaml");
  private static final Path README = ConfigLoader.home().resolve("README.md");
  private static final List<String> QUICKSTART = List.of("quickstart=true");

  @Test
  void theSampleFileChangesNothing() {
    NodeConfiguration defaults = NodeConfiguration.from(load(Optional.of(Path.of("/dev/null"))));

    assertThat(NodeConfiguration.from(load(Optional.of(SAMPLE))))
        .usingRecursiveComparison()
        .isEqualTo(defaults);
  }

  @Test
  void theSampleFileHasEveryKey() {
    Set<String> missing = new TreeSet<>();
    for (String key : NodeConfiguration.knownKeys()) {
      // A key that the file has is reported as unknown by a loader that does not know it.
      if (isKnownWithout(key)) {
        missing.add(key);
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void theReadmeTableHasEveryKeyAndNoOther() throws IOException {
    Set<String> listed = new TreeSet<>();
    Matcher row =
        Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| `(CAMBIO_[A-Z_]+)` \\|")
            .matcher(Files.readString(README));
    while (row.find()) {
      listed.add(row.group(1) + " " + row.group(2));
    }
    Set<String> known = new TreeSet<>();
    NodeConfiguration.knownKeys()
        .forEach(key -> known.add(key + " " + ConfigLoader.variableOf(key)));
    assertThat(listed).isEqualTo(known);
  }

  @Test
  void requestsAndProbesHaveListenersOfTheirOwn() {
    Settings settings =
        new ConfigLoader(NodeConfiguration.knownKeys(), Map.of(), Path.of(""))
            .load(Optional.of(SAMPLE), List.of("quickstart=true", "http.port=90", "ops.port=90"));

    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> NodeConfiguration.from(settings))
        .withMessageEndingWith("http.port is '90', but must be another port than ops.port");
  }

  private static boolean isKnownWithout(String key) {
    Set<String> others = new TreeSet<>(NodeConfiguration.knownKeys());
    others.remove(key);
    try {
      new ConfigLoader(others, Map.of(), Path.of("")).load(Optional.of(SAMPLE), List.of());
      return true;
    } catch (SettingsException e) {
      return false;
    }
  }

  private static Settings load(Optional<Path> file) {
    return new ConfigLoader(NodeConfiguration.knownKeys(), Map.of(), Path.of(""))
        .load(file, QUICKSTART);
  }
}
