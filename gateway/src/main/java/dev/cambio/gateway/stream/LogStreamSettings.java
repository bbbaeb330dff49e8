package dev.cambio.gateway.stream;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import dev.cambio.model.net.EgressPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of log streams.
 *
 * @param fileDirectory below which streams of type file write; absent forbids them
 * @param targets what webhooks may reach
 * @param webhookAuthorities file with certificates in PEM that are trusted besides the system's
 * @param attempts to deliver a batch before it is given up
 * @param backoff before the second attempt; doubles with each
 */
public record LogStreamSettings(
    Optional<Path> fileDirectory,
    EgressPolicy targets,
    Optional<Path> webhookAuthorities,
    int attempts,
    Duration backoff) {
  private static final int DEFAULT_ATTEMPTS = 10;
  private static final int MAX_ATTEMPTS = 100;
  private static final Duration MIN_BACKOFF = Duration.ofMillis(10);
  private static final Duration MAX_BACKOFF = Duration.ofMinutes(1);

  /**
   * Reads and checks the settings.
   *
   * @throws SettingsException for the first bad one
   */
  public static LogStreamSettings from(Settings settings) {
    return new LogStreamSettings(
        settings.optional("logs.file-directory").map(Path::of),
        EgressPolicy.read(settings, "logs.webhook-allow"),
        authorities(settings),
        settings.integer("logs.webhook-attempts", DEFAULT_ATTEMPTS, 1, MAX_ATTEMPTS),
        settings.millis(
            "logs.webhook-backoff-ms", Duration.ofSeconds(1), MIN_BACKOFF, MAX_BACKOFF));
  }

  private static Optional<Path> authorities(Settings settings) {
    String key = "logs.webhook-ca-file";
    Optional<Path> file = settings.optional(key).map(Path::of);
    if (file.isPresent() && !Files.isReadable(file.get())) {
      throw settings.bad(key, "a readable file");
    }
    return file;
  }
}
