package dev.cambio.gateway.packages;

import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.model.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Settings of builds of Actions.
 *
 * @param mode how much builds are trusted
 * @param npm the command; where it is absent, Actions have the packages that the runtime brings
 * @param node the command that runs the bundler
 * @param bundler directory of {@code bundle.mjs} and of the esbuild it uses
 * @param timeout for one build in all
 * @param memoryMb that the processes of one isolated build may take together, in MiB
 * @param diskMb that the files of one isolated build may take together, in MiB of memory
 * @param hosts host:port that isolated builds may reach besides the registries of npm's settings
 */
public record BuildSettings(
    BuildMode mode,
    String npm,
    String node,
    Path bundler,
    Duration timeout,
    int memoryMb,
    int diskMb,
    Set<String> hosts) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration SHORTEST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(30);
  private static final int DEFAULT_MEMORY = 1024;
  private static final int LEAST_MEMORY = 256;
  private static final int DEFAULT_DISK = 512;
  private static final int LEAST_DISK = 16;
  private static final int MOST = 65_536;
  private static final Pattern HOST = Pattern.compile("[a-z0-9._-]+:\\d{1,5}");

  public BuildSettings {
    hosts = Set.copyOf(hosts);
  }

  public static BuildSettings from(Settings settings) {
    Path guest = settings.path("actions.guest-home", ConfigLoader.home().resolve("guest"));
    return new BuildSettings(
        settings.choice("actions.builds", BuildMode.ISOLATED),
        settings.text("actions.npm", "npm"),
        settings.text("actions.node", "node"),
        settings
            .path("actions.bundler-home", guest.resolve("bundler"))
            .toAbsolutePath()
            .normalize(),
        settings.millis("actions.build-timeout-ms", DEFAULT_TIMEOUT, SHORTEST, LONGEST),
        settings.integer("actions.build-memory-mb", DEFAULT_MEMORY, LEAST_MEMORY, MOST),
        settings.integer("actions.build-disk-mb", DEFAULT_DISK, LEAST_DISK, MOST),
        hosts(settings));
  }

  private static Set<String> hosts(Settings settings) {
    Set<String> hosts = Set.copyOf(settings.list("actions.build-hosts", List.of()));
    if (!hosts.stream().allMatch(host -> HOST.matcher(host).matches())) {
      throw settings.bad("actions.build-hosts", "host:port in lower case, with commas between");
    }
    return hosts;
  }
}
