package dev.cambio.gateway.database;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the database.
 *
 * @param url absent means the embedded server, which only quickstart has
 * @param poolSize connections a node opens at most
 * @param connectTimeout how long a connection may take to be made, at start and later
 */
public record DatabaseSettings(Optional<DatabaseUrl> url, int poolSize, Duration connectTimeout) {

  /**
   * Reads and checks the settings.
   *
   * @param quickstart whether the URL may be absent
   */
  public static DatabaseSettings from(Settings settings, boolean quickstart) {
    Optional<DatabaseUrl> url =
        settings
            .optional("database.url")
            .map(text -> DatabaseUrl.parse(text).orElseThrow(() -> badUrl(settings)));
    if (url.isEmpty() && !quickstart) {
      throw badUrl(settings);
    }
    return new DatabaseSettings(
        url,
        settings.integer("database.pool-size", 16, 1, 1000),
        settings.millis(
            "database.connect-timeout-ms",
            Duration.ofSeconds(4),
            Duration.ofMillis(100),
            Duration.ofMinutes(1)));
  }

  private static SettingsException badUrl(Settings settings) {
    return settings.badSecret("database.url", DatabaseUrl.FORM);
  }
}
