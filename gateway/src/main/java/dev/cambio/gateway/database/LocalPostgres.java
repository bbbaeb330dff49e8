package dev.cambio.gateway.database;

import dev.cambio.gateway.config.Secret;
import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.disk.Access;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of our own on a random loopback port, with data that lasts. It stops with
 * this process however that ends, and a server that an earlier process left is stopped first.
 *
 * <p>The caller holds the {@link DataDirectory}, so nobody else uses the data meanwhile.
 */
public final class LocalPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPostgres.class);
  private static final String OWNER = "cambio";
  private static final long MAX_LOG_BYTES = 1_000_000;
  private static final Duration START_TIMEOUT = Duration.ofSeconds(25);

  /** The library's defaults trade safety for speed; here data must survive a power cut. */
  private static final Map<String, String> SERVER_SETTINGS =
      Map.of(
          "fsync", "on",
          "synchronous_commit", "on",
          "full_page_writes", "on",
          "max_connections", "60",
          "shared_buffers", "32MB",
          "listen_addresses", "127.0.0.1",
          // Only TCP: a socket file in a shared directory is one more way in.
          "unix_socket_directories", "''");

  private final EmbeddedPostgres server;
  private final OrphanGuard guard;
  private final DatabaseUrl url;

  private LocalPostgres(EmbeddedPostgres server, OrphanGuard guard, DatabaseUrl url) {
    this.server = server;
    this.guard = guard;
    this.url = url;
  }

  /**
   * Starts the server; blocks.
   *
   * @throws StartupException if it does not start; the message names its log
   */
  public static LocalPostgres start(DataDirectory data) {
    Path cluster = data.path().resolve("postgres");
    Path log = data.path().resolve("postgres.log");
    Path complete = cluster.resolve("cambio-initialized");
    try {
      if (Files.exists(cluster) && !Files.exists(complete)) {
        // A first start that was cut short: nothing in it was ever used.
        StalePostgres.stop(cluster);
        FileUtils.deleteDirectory(cluster.toFile());
      }
      StalePostgres.stop(cluster);
      if (Files.exists(log) && Files.size(log) > MAX_LOG_BYTES) {
        Files.delete(log);
      }
      if (!Files.exists(log)) {
        Files.createFile(log, Access.OWNER.file());
      }
      Secret superuser = data.secret("postgres-superuser-password", LocalPostgres::newPassword);
      Secret owner = data.secret("postgres-password", LocalPostgres::newPassword);
      EmbeddedPostgres server = start(data, cluster, log, superuser);
      OrphanGuard guard = OrphanGuard.watch(StalePostgres.serverIn(cluster).orElseThrow());
      DatabaseUrl url = DatabaseUrl.local(OWNER, owner, server.getPort(), OWNER);
      LocalPostgres started = new LocalPostgres(server, guard, url);
      try {
        started.prepare(superuser, owner);
        if (!Files.exists(complete)) {
          Files.createFile(complete, Access.OWNER.file());
        }
      } catch (SQLException | IOException | RuntimeException e) {
        started.close();
        throw e;
      }
      return started;
    } catch (IOException | SQLException | RuntimeException e) {
      throw new StartupException(
          "the embedded PostgreSQL did not start (%s); see %s".formatted(firstLine(e), log), e);
    }
  }

  /** The database in it, owned by a role that is no superuser. */
  public DatabaseUrl url() {
    return url;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("the embedded PostgreSQL did not stop in time", e);
    } finally {
      guard.close();
    }
  }

  /** From here on nothing stops the server if this process is killed. */
  void dismissGuard() {
    guard.close();
  }

  private static EmbeddedPostgres start(
      DataDirectory data, Path cluster, Path log, Secret superuser) throws IOException {
    Path binaries =
        Files.createDirectories(data.path().resolve("postgres-binaries"), Access.OWNER.directory());
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(cluster)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setOverrideWorkingDirectory(binaries.toFile())
            .setPGStartupWait(START_TIMEOUT)
            .setOutputRedirector(Redirect.appendTo(log.toFile()))
            .setErrorRedirector(Redirect.appendTo(log.toFile()))
            .setConnectConfig("password", superuser.text())
            // These reach initdb as options; the library offers no other way to name them.
            .setLocaleConfig("auth", "scram-sha-256")
            .setLocaleConfig("pwfile", data.file("postgres-superuser-password").toString())
            .setLocaleConfig("locale", "C");
    SERVER_SETTINGS.forEach(builder::setServerConfig);
    try {
      return builder.start();
    } finally {
      // The library has everybody write it, each time.
      Files.setPosixFilePermissions(binaries, Access.OWNER.directory().value());
    }
  }

  private void prepare(Secret superuser, Secret owner) throws SQLException {
    try (Connection connection =
            server
                .getDatabase("postgres", "postgres", Map.of("password", superuser.text()))
                .getConnection();
        Statement statement = connection.createStatement()) {
      if (!exists(statement, "select 1 from pg_roles where rolname = 'cambio'")) {
        // The password is hexadecimal, so it needs no quoting.
        statement.execute("create role cambio login password '" + owner.text() + "'");
      }
      if (!exists(statement, "select 1 from pg_database where datname = 'cambio'")) {
        statement.execute("create database cambio owner cambio");
      }
    }
  }

  private static boolean exists(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }

  private static Secret newPassword() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return Secret.of(HexFormat.of().formatHex(bytes));
  }

  private static String firstLine(Exception e) {
    return Optional.ofNullable(e.getMessage())
        .flatMap(message -> message.lines().findFirst())
        .orElse(e.getClass().getSimpleName());
  }
}
