package dev.cambio.gateway.action;

import dev.cambio.model.config.Settings;
import java.time.Duration;

/**
 * When an Action's version is not run for a while.
 *
 * @param failures runs within the window that break their budget, and at least half of all; 0 for
 *     never
 * @param window time over which runs are counted
 * @param pause time for which the version is not run
 */
public record BreakerSettings(int failures, Duration window, Duration pause) {

  public static BreakerSettings from(Settings settings) {
    return new BreakerSettings(
        settings.integer("actions.breaker-failures", 10, 0, 1_000_000),
        settings.millis(
            "actions.breaker-window-ms",
            Duration.ofMinutes(1),
            Duration.ofSeconds(1),
            Duration.ofHours(1)),
        settings.millis(
            "actions.breaker-pause-ms",
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofHours(1)));
  }
}
