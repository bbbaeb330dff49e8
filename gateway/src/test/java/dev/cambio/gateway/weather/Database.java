package dev.cambio.gateway.weather;

import dev.cambio.e2e.FreePort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL server that can be stopped, started, frozen and filled. Not thread-safe. */
final class Database implements AutoCloseable {
  /** Enough for the server and what scenarios write; little enough to be filled. */
  private static final String ROOM = "size=400m";

  private static final Duration STOP_WAIT = Duration.ofSeconds(90);

  private final Path directory;
  private final String address;
  private final int port;
  private final boolean ownDisk;
  private EmbeddedPostgres server;

  private Database(Path directory, String address, boolean ownDisk) throws IOException {
    this.directory = directory;
    this.address = address;
    this.ownDisk = ownDisk;
    this.port = FreePort.find();
    this.server = launch();
  }

  /**
   * Starts a server with an empty database.
   *
   * @param directory gets the data; a file system of its own where this machine allows to mount one
   * @param address where nodes reach it
   */
  static Database start(Path directory, String address) {
    try {
      Files.createDirectories(directory);
      boolean ownDisk =
          Shell.succeeds(
              "mount", "-t", "tmpfs", "-o", ROOM, "cambio-weather", directory.toString());
      Database database = new Database(directory, address, ownDisk);
      database.admit();
      return database;
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("the database did not start; see " + directory, e);
    }
  }

  private EmbeddedPostgres launch() throws IOException {
    Path log = directory.resolveSibling("postgres.log");
    return EmbeddedPostgres.builder()
        .setDataDirectory(directory.resolve("data"))
        .setCleanDataDirectory(false)
        .setPort(port)
        .setPGStartupWait(Duration.ofSeconds(60))
        .setServerConfig("listen_addresses", "*")
        .setServerConfig("max_connections", "100")
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("full_page_writes", "on")
        .setOutputRedirector(Redirect.appendTo(log.toFile()))
        .setErrorRedirector(Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Lets nodes in by their own addresses, and makes the database. */
  private void admit() throws IOException, SQLException {
    Files.writeString(
        directory.resolve("data").resolve("pg_hba.conf"),
        "host all all 198.18.77.0/24 trust\n",
        StandardOpenOption.APPEND);
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_reload_conf()");
      statement.execute("create database cambio");
    }
  }

  /** Where nodes find it. */
  String url() {
    return "postgresql://postgres@%s:%d/cambio".formatted(address, port);
  }

  /** A connection of our own. */
  Connection connect() throws SQLException {
    return connect("cambio");
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?connectTimeout=5&socketTimeout=60"
            .formatted(port, database),
        "postgres",
        "");
  }

  /** Whether it has a file system of its own, so that it can be filled. */
  boolean hasOwnDisk() {
    return ownDisk;
  }

  /** Stops it as an administrator would ({@code -m fast}). */
  Duration stop() {
    long since = System.nanoTime();
    try {
      ProcessHandle process = process();
      Shell.run("kill", "-INT", Long.toString(process.pid()));
      process.onExit().get(STOP_WAIT.toSeconds(), TimeUnit.SECONDS);
      server.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (Exception e) {
      throw new IllegalStateException("the database did not stop", e);
    }
    return Duration.ofNanos(System.nanoTime() - since);
  }

  /** Starts it again; returns when it accepts connections. */
  void startAgain() {
    try {
      server = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it answers. */
  boolean answers() {
    try (Connection connection = connect()) {
      return connection.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Whether it answers; one that ended by itself, for want of room, is started again. */
  boolean comesBack() {
    if (!answers() && !isRunning()) {
      startAgain();
    }
    return answers();
  }

  private boolean isRunning() {
    try {
      return process().isAlive();
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** Stops all of its processes where they are. */
  void freeze() {
    signal("-STOP");
  }

  void thaw() {
    signal("-CONT");
  }

  private void signal(String signal) {
    ProcessHandle process = process();
    Stream.concat(Stream.of(process), process.descendants())
        .forEach(part -> Shell.succeeds("kill", signal, Long.toString(part.pid())));
  }

  /** Leaves no room on its disk. */
  void fillDisk() {
    // Ends with an error, since that is the point.
    Shell.succeeds("dd", "if=/dev/zero", "of=" + filler(), "bs=64k");
  }

  void emptyDisk() {
    try {
      Files.deleteIfExists(filler());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path filler() {
    return directory.resolve("filler");
  }

  private ProcessHandle process() {
    try {
      List<String> lines = Files.readAllLines(directory.resolve("data").resolve("postmaster.pid"));
      return ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException("the database is not running", e);
    }
  }

  @Override
  public void close() {
    try {
      emptyDisk();
      thaw();
    } catch (RuntimeException e) {
      // It is gone already.
    }
    try {
      server.close();
    } catch (IOException | RuntimeException e) {
      System.err.println("the database did not stop: " + e);
    }
    if (ownDisk) {
      Shell.succeeds("umount", "-l", directory.toString());
    }
  }
}
