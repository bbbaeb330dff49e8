package dev.cambio.gateway.database;

import dev.cambio.gateway.config.StartupException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;

/** Brings the schema up to date. Several nodes may do it at once: the first one does the work. */
public final class Migrations {
  /** The oldest server that the project tests with. */
  private static final int OLDEST_MAJOR_VERSION = 14;

  private static final int MAX_MESSAGE = 400;

  private Migrations() {}

  /**
   * Connects, checks the server and migrates; blocks.
   *
   * @throws StartupException with one line that says what is wrong with the database
   */
  public static void migrate(DatabaseUrl url, Duration timeout) {
    PGSimpleDataSource source = dataSource(url, timeout);
    check(source, url);
    try {
      Flyway.configure().dataSource(source).locations("classpath:db/migration").load().migrate();
    } catch (FlywayException e) {
      throw new StartupException(
          "database.url: the schema in database %s at %s cannot be brought up to date: %s"
              .formatted(url.database(), url.where(), oneLine(e)),
          e);
    }
  }

  static PGSimpleDataSource dataSource(DatabaseUrl url, Duration timeout) {
    int seconds = Math.max(1, (int) timeout.toSeconds());
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {url.host()});
    source.setPortNumbers(new int[] {url.port()});
    source.setDatabaseName(url.database());
    source.setUser(url.user());
    source.setPassword(url.password().text());
    source.setSslMode(url.sslMode());
    url.sslRootCertificate().map(Path::toString).ifPresent(source::setSslRootCert);
    source.setConnectTimeout(seconds);
    source.setLoginTimeout(seconds);
    source.setApplicationName("cambio");
    return source;
  }

  private static void check(PGSimpleDataSource source, DatabaseUrl url) {
    try (Connection connection = source.getConnection()) {
      DatabaseMetaData server = connection.getMetaData();
      if (server.getDatabaseMajorVersion() < OLDEST_MAJOR_VERSION) {
        throw new StartupException(
            "database.url: the server at %s is PostgreSQL %s, but version %d or newer is needed"
                .formatted(url.where(), server.getDatabaseProductVersion(), OLDEST_MAJOR_VERSION));
      }
    } catch (SQLException e) {
      throw unusable(e, url);
    }
  }

  static StartupException unusable(SQLException e, DatabaseUrl url) {
    return new StartupException("database.url: " + problem(e, url), e);
  }

  private static String problem(SQLException e, DatabaseUrl url) {
    String state = String.valueOf(e.getSQLState());
    return switch (state) {
      case "28P01", "28000" ->
          "the server at %s refused user %s (wrong user or password, or not allowed from here)"
              .formatted(url.where(), url.user());
      case "3D000" -> "the server at %s has no database %s".formatted(url.where(), url.database());
      default -> "the database at %s cannot be reached (%s)".formatted(url.where(), summary(e));
    };
  }

  /** The first line of the innermost message: outer ones repeat it at length. */
  private static String summary(Throwable e) {
    Throwable innermost = e;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage();
    return message == null
        ? innermost.getClass().getSimpleName()
        : message.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
  }

  /** Flyway tells which migration failed, and why, only in the lines that follow. */
  private static String oneLine(FlywayException e) {
    String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
  }
}
