package dev.cambio.gateway.packages;

import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.model.config.Settings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of builds of Actions.
 *
 * @param npm the command; where it is absent, Actions have the packages that the runtime brings
 * @param node the command that runs the bundler
 * @param bundler directory of {@code bundle.mjs} and of the esbuild it uses
 * @param timeout for one build in all
 */
public record BuildSettings(String npm, String node, Path bundler, Duration timeout) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration SHORTEST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(30);

  public static BuildSettings from(Settings settings) {
    Path guest = settings.path("actions.guest-home", ConfigLoader.home().resolve("guest"));
    return new BuildSettings(
        settings.text("actions.npm", "npm"),
        settings.text("actions.node", "node"),
        settings
            .path("actions.bundler-home", guest.resolve("bundler"))
            .toAbsolutePath()
            .normalize(),
        settings.millis("actions.build-timeout-ms", DEFAULT_TIMEOUT, SHORTEST, LONGEST));
  }
}
