package dev.cambio.gateway.packages;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** Settings of builds with this checkout's bundler. */
public final class TestBuilds {
  private static final int MEMORY_MB = 1024;
  private static final int DISK_MB = 512;

  private TestBuilds() {}

  public static BuildSettings settings(BuildMode mode, String npm, Duration timeout) {
    return settings(mode, npm, timeout, DISK_MB, Set.of());
  }

  static BuildSettings settings(
      BuildMode mode, String npm, Duration timeout, int diskMb, Set<String> hosts) {
    Path bundler = Path.of(System.getProperty("cambio.node.modules")).resolveSibling("");
    return new BuildSettings(mode, npm, "node", bundler, timeout, MEMORY_MB, diskMb, hosts);
  }
}
