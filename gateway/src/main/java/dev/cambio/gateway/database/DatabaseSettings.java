package dev.cambio.gateway.database;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the database. What one request waits for at each step adds up to less than clients
 * have patience for.
 *
 * @param url absent means the embedded server, which only quickstart has
 * @param poolSize connections at most for what clients wait for
 * @param connectTimeout how long a connection may take to be made, at start and later
 * @param acquireTimeout how long a request waits for one of the connections
 * @param statementTimeout how long a statement of a request may take
 * @param lockTimeout how long such a statement waits for a lock
 * @param administrationTimeout how long a statement of an administrator's, or of work in the
 *     background, may take
 * @param startTimeout how long the start waits for a server that is not there yet
 */
public record DatabaseSettings(
    Optional<DatabaseUrl> url,
    int poolSize,
    Duration connectTimeout,
    Duration acquireTimeout,
    Duration statementTimeout,
    Duration lockTimeout,
    Duration administrationTimeout,
    Duration startTimeout) {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(1);

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
        millis(settings, "connect", 4000),
        millis(settings, "acquire", 1000),
        millis(settings, "statement", 2000),
        millis(settings, "lock", 1000),
        settings.millis(
            "database.administration-timeout-ms",
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofMinutes(10)),
        settings.millis(
            "database.start-timeout-ms",
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofMinutes(10)));
  }

  private static Duration millis(Settings settings, String step, long standard) {
    return settings.millis(
        "database." + step + "-timeout-ms", Duration.ofMillis(standard), SHORTEST, LONGEST);
  }

  private static SettingsException badUrl(Settings settings) {
    return settings.badSecret("database.url", DatabaseUrl.FORM);
  }
}
