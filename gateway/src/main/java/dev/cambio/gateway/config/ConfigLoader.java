package dev.cambio.gateway.config;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Merges the layers of settings. Later layers win: the configuration file, environment variables,
 * flags. The only class that reads the process environment and system properties.
 */
public final class ConfigLoader {
  private static final String PREFIX = "CAMBIO_";

  /** For the launcher script, not for the process. */
  private static final Set<String> LAUNCHER_VARIABLES =
      Set.of("CAMBIO_JAVA_HOME", "CAMBIO_JAVA_OPTS");

  private final Set<String> knownKeys;
  private final Map<String, String> environment;
  private final Path home;

  /**
   * A loader.
   *
   * @param knownKeys every key that some component reads
   * @param environment all environment variables; those without our prefix do not count
   * @param home the directory that holds {@code config/cambio.yaml}
   */
  public ConfigLoader(Set<String> knownKeys, Map<String, String> environment, Path home) {
    this.knownKeys = knownKeys;
    this.environment = environment;
    this.home = home;
  }

  /** A loader for this process. */
  public static ConfigLoader ofProcess(Set<String> knownKeys) {
    return new ConfigLoader(knownKeys, System.getenv(), home());
  }

  /** The installation directory: set by the launcher, else the working directory. */
  public static Path home() {
    return Path.of(System.getProperty("cambio.home", ""));
  }

  /** One variable of the process environment that is not a setting. */
  public static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name));
  }

  /** The environment variable that sets the key. */
  public static String variableOf(String key) {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /**
   * Reads all layers.
   *
   * @param file the configuration file; absent means {@code config/cambio.yaml}, if there is one
   * @param flags {@code key=value} as given on the command line
   * @throws SettingsException naming key, value and place of the first mistake
   */
  public Settings load(Optional<Path> file, List<String> flags) {
    Map<String, Settings.Value> merged = new LinkedHashMap<>(fileLayer(file));
    merged.putAll(environmentLayer());
    merged.putAll(flagLayer(flags));
    return new Settings(merged);
  }

  private Map<String, Settings.Value> fileLayer(Optional<Path> file) {
    if (file.isPresent()) {
      return known(YamlSettings.read(file.get(), file.get().toString()));
    }
    Path usual = home.resolve("config").resolve("cambio.yaml");
    return Files.exists(usual) ? known(YamlSettings.read(usual, usual.toString())) : Map.of();
  }

  private Map<String, Settings.Value> environmentLayer() {
    Map<String, String> keys = new TreeMap<>();
    knownKeys.forEach(key -> keys.put(variableOf(key), key));
    Map<String, Settings.Value> layer = new LinkedHashMap<>();
    new TreeMap<>(environment)
        .forEach(
            (name, text) -> {
              if (!name.startsWith(PREFIX) || LAUNCHER_VARIABLES.contains(name)) {
                return;
              }
              String key = keys.get(name);
              if (key == null) {
                throw new SettingsException(
                    "environment variable %s is not a known setting".formatted(name));
              }
              // An empty variable is no value, so the file's stays.
              if (!text.isEmpty()) {
                layer.put(key, new Settings.Value(text, "environment variable " + name));
              }
            });
    return layer;
  }

  private Map<String, Settings.Value> flagLayer(List<String> flags) {
    Map<String, Settings.Value> layer = new LinkedHashMap<>();
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      if (equals <= 0) {
        throw new SettingsException("flag --set %s must be KEY=VALUE".formatted(flag));
      }
      String key = flag.substring(0, equals);
      layer.put(key, new Settings.Value(flag.substring(equals + 1), "flag --set " + key));
    }
    return known(layer);
  }

  private Map<String, Settings.Value> known(Map<String, Settings.Value> layer) {
    layer.forEach(
        (key, value) -> {
          if (!knownKeys.contains(key)) {
            throw new SettingsException(
                "%s: %s is not a known setting".formatted(value.origin(), key));
          }
        });
    return layer;
  }
}
