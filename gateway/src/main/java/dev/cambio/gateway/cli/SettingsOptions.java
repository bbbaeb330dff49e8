package dev.cambio.gateway.cli;

import dev.cambio.gateway.NodeConfiguration;
import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.model.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a subcommand is given its settings. */
final class SettingsOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration file; default: config/cambio.yaml.")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting; wins over file and environment. May be repeated.")
  private List<String> flags = new ArrayList<>();

  @Option(
      names = "--quickstart",
      description =
          "The sample installation: loopback only, embedded PostgreSQL, sample tenant and"
              + " secrets.")
  private boolean quickstart;

  Settings settings() {
    return settings(Map.of());
  }

  /** The settings with some that other options of a subcommand stand for. */
  Settings settings(Map<String, String> more) {
    List<String> all = new ArrayList<>(flags);
    more.forEach((key, value) -> all.add(key + "=" + value));
    if (quickstart) {
      all.add("quickstart=true");
    }
    return ConfigLoader.ofProcess(NodeConfiguration.knownKeys())
        .load(Optional.ofNullable(file), all);
  }

  NodeConfiguration configuration() {
    return configuration(Map.of());
  }

  /** The configuration with settings that other options of a subcommand stand for. */
  NodeConfiguration configuration(Map<String, String> more) {
    return NodeConfiguration.from(settings(more));
  }
}
