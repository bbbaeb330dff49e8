package dev.cambio.gateway.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** A PostgreSQL server of a test's own, which comes and goes, and freezes. */
public final class FragilePostgres implements AutoCloseable {
  private final Path data;
  private final EmbeddedPostgres server;
  private List<String> command = List.of();

  private FragilePostgres(Path data, EmbeddedPostgres server) {
    this.data = data;
    this.server = server;
  }

  /** A running one with an empty database; its data stay with the directory. */
  public static FragilePostgres start(Path data) throws IOException {
    return new FragilePostgres(
        data,
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setServerConfig("max_connections", "60")
            .start());
  }

  /** As settings name it; without an {@code sslmode}, so that it is {@code prefer}. */
  public String url() {
    return "postgresql://postgres@127.0.0.1:" + server.getPort() + "/postgres";
  }

  public DataSource dataSource() {
    return server.getPostgresDatabase();
  }

  /** Stops it as operators do, waiting for no client (a fast shutdown); how long that took. */
  public Duration stop() throws IOException, InterruptedException {
    ProcessHandle postmaster = postmaster();
    command = command(postmaster);
    long startedAt = System.nanoTime();
    signal("INT", List.of(postmaster));
    postmaster.onExit().join();
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** PostgreSQL refuses to be root's; the library has it run as somebody else in the same way. */
  private static List<String> command(ProcessHandle postmaster) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(postmaster.info().command().orElseThrow());
    command.addAll(List.of(postmaster.info().arguments().orElseThrow()));
    return command;
  }

  /** Starts it again at the same port, with what it had; returns before it takes connections. */
  public void startAgain() throws IOException {
    new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Freezes all of it: its port takes connections, and nobody answers. */
  public void freeze() throws IOException, InterruptedException {
    ProcessHandle postmaster = postmaster();
    signal("STOP", Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList());
  }

  /** Freezes what serves those who are connected; new connections are served. */
  public void freezeConnections() throws IOException, InterruptedException {
    signal("STOP", postmaster().descendants().filter(FragilePostgres::serves).toList());
  }

  private static boolean serves(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .startsWith("postgres: postgres");
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends any freeze. */
  public void thaw() throws IOException, InterruptedException {
    ProcessHandle postmaster = postmaster();
    signal("CONT", Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList());
  }

  /** Ends every connection but that which asks for it. */
  public void terminateConnections() throws SQLException {
    execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where pid <> pg_backend_pid() and backend_type = 'client backend'");
  }

  /** A transaction that holds a table until the connection is closed. */
  public Connection lock(String table) throws SQLException {
    Connection connection = dataSource().getConnection();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table " + table + " in access exclusive mode");
    }
    return connection;
  }

  public void execute(String sql) throws SQLException {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private ProcessHandle postmaster() throws IOException {
    return StalePostgres.serverIn(data).orElseThrow();
  }

  private static void signal(String name, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    new ProcessBuilder(command).start().waitFor();
  }

  @Override
  public void close() throws IOException {
    try {
      thaw();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
  }
}
