package dev.cambio.runtime;

import dev.cambio.model.config.Settings;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.host.CacheLimits;
import dev.cambio.runtime.host.EgressPolicy;
import dev.cambio.runtime.process.GuestLaunch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a node runs Actions.
 *
 * @param processes guest processes that serve; one more is kept warm
 * @param slotsPerProcess runs at a time in each
 * @param queue invocations that may wait for a slot
 * @param concurrencyPerAction runs of one Action at a time
 * @param killGrace time that a run may take beyond its budget before it is given up
 * @param egress where {@code fetch} may connect to
 * @param cache limits of {@code api.cache}
 * @param launch how a guest process is started
 */
public record ActionsSettings(
    int processes,
    int slotsPerProcess,
    int queue,
    int concurrencyPerAction,
    Duration killGrace,
    EgressPolicy egress,
    CacheLimits cache,
    GuestLaunch launch) {
  private static final int MIB = 1024 * 1024;

  public int slots() {
    return processes * slotsPerProcess;
  }

  /**
   * Reads the keys {@code actions.*}.
   *
   * @param guestHome the default of {@code actions.guest-home}: where the distribution keeps it
   * @throws dev.cambio.model.config.SettingsException naming the first bad key
   */
  public static ActionsSettings read(Settings settings, Path guestHome) {
    int slotsPerProcess = settings.integer("actions.slots-per-process", 2, 1, 16);
    int processes = settings.integer("actions.processes", 1, 1, 64);
    // One slot stays free for the others, if there are two.
    int most = Math.max(1, processes * slotsPerProcess - 1);
    Path java = Path.of(ProcessHandle.current().info().command().orElse("/usr/bin/java"));
    return new ActionsSettings(
        processes,
        slotsPerProcess,
        settings.integer("actions.queue", 256, 0, 100_000),
        settings.integer("actions.concurrency-per-action", most, 1, 1024),
        settings.millis(
            "actions.kill-grace-ms",
            Duration.ofSeconds(1),
            Duration.ofMillis(50),
            Duration.ofSeconds(30)),
        egress(settings),
        cache(settings),
        new GuestLaunch(
            settings.path("actions.guest-java", java),
            settings.path("actions.guest-home", guestHome).toAbsolutePath().normalize(),
            settings.integer("actions.heap-mb", 384, 128, 65_536),
            new GuestLimits(
                slotsPerProcess,
                settings.integer("actions.contexts-per-slot", 32, 1, 1000),
                settings.integer("actions.runs-per-context", 10_000, 1, 1_000_000),
                settings
                    .millis(
                        "actions.context-age-ms",
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(1),
                        Duration.ofDays(1))
                    .toMillis(),
                (long) settings.integer("actions.allocation-mb", 192, 16, 65_536) * MIB,
                settings.integer("actions.string-length-limit", 8 * MIB, 65_536, 256 * MIB),
                settings.integer("actions.array-bytes-limit", 16 * MIB, 65_536, 256 * MIB))));
  }

  private static CacheLimits cache(Settings settings) {
    CacheLimits standard = CacheLimits.STANDARD;
    return new CacheLimits(
        settings.integer("actions.cache-entries", standard.entries(), 1, 1000),
        settings.integer("actions.cache-key-bytes", standard.keyBytes(), 1, 1024),
        settings.integer("actions.cache-value-bytes", standard.valueBytes(), 1, 65_536),
        settings.integer("actions.cache-total-bytes", standard.totalBytes(), 1, MIB),
        standard.defaultLife(),
        standard.maxLife());
  }

  private static EgressPolicy egress(Settings settings) {
    String key = "actions.egress-allow";
    try {
      return EgressPolicy.opening(settings.list(key, List.of()));
    } catch (IllegalArgumentException e) {
      throw settings.bad(key, "a list of host:port, address/bits or address/bits:port");
    }
  }
}
