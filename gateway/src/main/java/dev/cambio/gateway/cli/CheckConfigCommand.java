package dev.cambio.gateway.cli;

import dev.cambio.gateway.NodeConfiguration;
import dev.cambio.gateway.config.ConfigLoader;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads the settings as {@code serve} would, and starts nothing. */
@Command(
    name = "check-config",
    description = "Check the settings without starting anything.",
    mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
  @Mixin private SettingsOptions options = new SettingsOptions();

  @Option(names = "--keys", description = "List every key and its environment variable.")
  private boolean keys;

  @Override
  public Integer call() {
    if (keys) {
      NodeConfiguration.knownKeys().stream()
          .sorted()
          .forEach(key -> System.out.printf("%s %s%n", key, ConfigLoader.variableOf(key)));
      return 0;
    }
    NodeConfiguration configuration = options.configuration();
    configuration.gateway().http().tls().ifPresent(tls -> tls.requireUsable(Clock.systemUTC()));
    System.out.println("The settings are valid.");
    return 0;
  }
}
