package dev.cambio.runtime;

import dev.cambio.model.config.Settings;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.frame.RunLimits;
import dev.cambio.runtime.host.CacheLimits;
import dev.cambio.runtime.host.EgressSettings;
import dev.cambio.runtime.process.GuestCache;
import dev.cambio.runtime.process.GuestLaunch;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a node runs Actions.
 *
 * @param processes guest processes that serve; one more is kept warm
 * @param slotsPerProcess runs at a time in each
 * @param queue invocations that may wait for a slot
 * @param slotsPerTenant runs of one tenant at a time
 * @param concurrencyPerAction runs of one Action at a time
 * @param parkedPerProcess runs in each process that may wait for something without a slot
 * @param killGrace time that a run may take beyond its budget before it is given up
 * @param egress what {@code fetch} may do
 * @param cache limits of {@code api.cache}
 * @param selfTest whether each limit is tried out before the node takes work
 * @param launch how a guest process is started
 */
public record ActionsSettings(
    int processes,
    int slotsPerProcess,
    int queue,
    int slotsPerTenant,
    int concurrencyPerAction,
    int parkedPerProcess,
    Duration killGrace,
    EgressSettings egress,
    CacheLimits cache,
    boolean selfTest,
    GuestLaunch launch) {
  private static final int KIB = 1024;
  private static final int MIB = KIB * KIB;

  public int slots() {
    return processes * slotsPerProcess;
  }

  /** Runs that may hold a slot at a time. */
  Shares.Limits running() {
    return new Shares.Limits(slots(), slotsPerTenant, concurrencyPerAction, concurrencyPerAction);
  }

  /**
   * Runs that may be open at a time, running or parked. Of the parked ones half may be of one
   * tenant, three quarters of that of one of its Actions, and three quarters of that again of one
   * client with it. A run that is open has a place to be parked, so that none keeps a slot for want
   * of one.
   */
  Shares.Limits open() {
    int parked = processes * parkedPerProcess;
    int tenant = parked / 2;
    int action = tenant * 3 / 4;
    int client = action * 3 / 4;
    return new Shares.Limits(
        slots() + parked,
        slotsPerTenant + tenant,
        concurrencyPerAction + action,
        concurrencyPerAction + client);
  }

  /** What the parked runs of one process may hold of its heap. */
  long parkedBytes() {
    return parkedPerProcess == 0 ? 0 : (long) launch.heapMb() * MIB / 4;
  }

  /**
   * Reads the keys {@code actions.*}.
   *
   * @param guestHome the default of {@code actions.guest-home}: where the distribution keeps it
   * @throws dev.cambio.model.config.SettingsException naming the first bad key
   */
  public static ActionsSettings read(Settings settings, Path guestHome) {
    Duration killGrace =
        settings.millis(
            "actions.kill-grace-ms",
            Duration.ofSeconds(1),
            Duration.ofMillis(50),
            Duration.ofSeconds(30));
    int slotsPerProcess = settings.integer("actions.slots-per-process", 8, 1, 64);
    int processes = settings.integer("actions.processes", 1, 1, 64);
    int perTenant =
        settings.integer(
            "actions.slots-per-tenant", perTenant(processes * slotsPerProcess), 1, 4096);
    int heapMb = settings.integer("actions.heap-mb", 384, 128, 65_536);
    Path home = settings.path("actions.guest-home", guestHome).toAbsolutePath().normalize();
    Path java = Path.of(ProcessHandle.current().info().command().orElse("/usr/bin/java"));
    return new ActionsSettings(
        processes,
        slotsPerProcess,
        settings.integer("actions.queue", 256, 0, 100_000),
        perTenant,
        settings.integer("actions.concurrency-per-action", Math.max(1, perTenant - 1), 1, 4096),
        settings.integer("actions.parked-per-process", heapMb / 6, 0, 4096),
        killGrace,
        EgressSettings.read(settings),
        cache(settings),
        settings.flag("actions.self-test", true),
        new GuestLaunch(
            settings.path("actions.guest-java", java),
            home,
            heapMb,
            new GuestLimits(
                slotsPerProcess,
                settings.integer("actions.contexts-per-slot", 16, 1, 1000),
                settings.integer("actions.runs-per-context", 10_000, 1, 1_000_000),
                settings
                    .millis(
                        "actions.context-age-ms",
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(1),
                        Duration.ofDays(1))
                    .toMillis(),
                settings.integer("actions.heap-watermark-percent", 70, 10, 100),
                killGrace.toMillis(),
                settings.integer("actions.string-length-limit", 8 * MIB, 65_536, 256 * MIB),
                settings.integer("actions.array-bytes-limit", 16 * MIB, 65_536, 256 * MIB),
                runLimits(settings)),
            new GuestCache(
                settings.path("actions.guest-cache", home.resolveSibling("guest-cache")))));
  }

  /** All processors for whoever is alone, or all slots but one where there are fewer of these. */
  private static int perTenant(int slots) {
    int enough = Math.max(slots / 2, Runtime.getRuntime().availableProcessors());
    return Math.max(1, Math.min(enough, slots - 1));
  }

  private static RunLimits runLimits(Settings settings) {
    RunLimits standard = RunLimits.STANDARD;
    return new RunLimits(
        milliseconds(settings, "actions.cpu-ms", standard.cpuMs()),
        milliseconds(settings, "actions.turn-cpu-ms", standard.turnCpuMs()),
        mebibytes(settings, "actions.allocation-mb", standard.allocationBytes()),
        mebibytes(settings, "actions.retained-mb", standard.retainedBytes()),
        KIB * settings.integer("actions.source-kb", standard.sourceLength() / KIB, 1, 8 * KIB),
        KIB * settings.integer("actions.console-kb", standard.consoleBytes() / KIB, 1, KIB),
        settings.integer("actions.commands", standard.commands(), 1, 100_000),
        settings.integer("actions.timers", standard.timers(), 1, 100_000),
        settings.integer("actions.host-calls", standard.hostCalls(), 100, 100_000_000));
  }

  private static long mebibytes(Settings settings, String key, long standard) {
    return (long) settings.integer(key, (int) (standard / MIB), 16, 65_536) * MIB;
  }

  private static long milliseconds(Settings settings, String key, long standard) {
    Duration day = Duration.ofDays(1);
    return settings.millis(key, Duration.ofMillis(standard), Duration.ofMillis(10), day).toMillis();
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
}
