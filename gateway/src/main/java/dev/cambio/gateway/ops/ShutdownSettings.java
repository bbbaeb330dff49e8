package dev.cambio.gateway.ops;

import dev.cambio.model.config.Settings;
import java.time.Duration;

/**
 * How a node stops.
 *
 * @param delay for which it goes on serving after it has said that it is not ready, so that whoever
 *     sends it requests hears of that
 * @param drain time for what is under way when it takes no more
 */
public record ShutdownSettings(Duration delay, Duration drain) {
  private static final Duration DELAY = Duration.ofSeconds(5);

  /** Of an exchange besides its Actions. */
  private static final Duration REST = Duration.ofSeconds(5);

  private static final Duration LONGEST = Duration.ofMinutes(15);

  /**
   * Reads and checks the settings.
   *
   * @param actionTimeout of one trigger; the longest exchange has two
   */
  public static ShutdownSettings from(Settings settings, Duration actionTimeout) {
    boolean quickstart = settings.flag("quickstart", false);
    return new ShutdownSettings(
        settings.millis(
            "shutdown.delay-ms", quickstart ? Duration.ZERO : DELAY, Duration.ZERO, LONGEST),
        settings.millis(
            "shutdown.drain-ms", actionTimeout.multipliedBy(2).plus(REST), Duration.ZERO, LONGEST));
  }
}
