package dev.cambio.gateway.database;

import dev.cambio.gateway.config.StartupException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wait for a server that is not there yet: it may be starting at the same time as its nodes.
 */
public final class DatabaseWait {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseWait.class);
  private static final Duration BETWEEN = Duration.ofMillis(250);

  /** Classes of error codes that pass: no connection, no resources, a server that starts. */
  private static final Set<String> PASSING = Set.of("08", "53", "57");

  private DatabaseWait() {}

  /**
   * Returns when the server takes connections; blocks.
   *
   * @param stopping whether the node is to stop instead
   * @throws StartupException with one line that says why it does not, when the time is over, or at
   *     once where waiting does not help
   */
  public static void require(DatabaseUrl url, DatabaseSettings settings, BooleanSupplier stopping) {
    long deadline = System.nanoTime() + settings.startTimeout().toNanos();
    boolean told = false;
    while (true) {
      try {
        Migrations.dataSource(url, settings.connectTimeout()).getConnection().close();
        if (told) {
          LOG.info("The database at {} is there now", url.where());
        }
        return;
      } catch (SQLException e) {
        StartupException problem = Migrations.unusable(e, url);
        if (!passes(e) || stopping.getAsBoolean() || System.nanoTime() > deadline) {
          throw problem;
        }
        if (!told) {
          LOG.warn(
              "{}; waiting for it, {} ms at most",
              problem.getMessage(),
              settings.startTimeout().toMillis());
          told = true;
        }
        pause();
      }
    }
  }

  private static boolean passes(SQLException problem) {
    String state = String.valueOf(problem.getSQLState());
    return state.length() == 5 && PASSING.contains(state.substring(0, 2));
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(BETWEEN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted while starting", e);
    }
  }
}
