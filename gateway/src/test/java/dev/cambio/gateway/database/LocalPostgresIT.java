package dev.cambio.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cambio.gateway.config.Secret;
import dev.cambio.gateway.config.StartupException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPostgresIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Unpacked once, since that takes longer than all else here. */
  @TempDir static Path binaries;

  @TempDir Path directory;

  @BeforeEach
  void shareBinaries() throws IOException {
    Files.createSymbolicLink(directory.resolve("postgres-binaries"), binaries);
  }

  @Test
  void keepsDataSafelyAcrossStops() throws Exception {
    try (DataDirectory data = DataDirectory.hold(directory)) {
      try (LocalPostgres server = LocalPostgres.start(data)) {
        assertThat(query(server.url(), "show fsync")).isEqualTo("on");
        assertThat(query(server.url(), "show synchronous_commit")).isEqualTo("on");
        assertThat(query(server.url(), "show full_page_writes")).isEqualTo("on");
        assertThat(query(server.url(), "show listen_addresses")).isEqualTo("127.0.0.1");
        Migrations.migrate(server.url(), TIMEOUT);
        Migrations.migrate(server.url(), TIMEOUT);
        refusesWhoHasNoPassword(server.url());
        execute(server.url(), "insert into tenant (id, domain) values ('t', 'd')");
      }
      assertThat(StalePostgres.serverIn(directory.resolve("postgres"))).isEmpty();

      try (LocalPostgres server = LocalPostgres.start(data)) {
        assertThat(query(server.url(), "select domain from tenant")).isEqualTo("d");
      }
    }
  }

  /** Nor is there a socket that would ask for none. */
  private static void refusesWhoHasNoPassword(DatabaseUrl url) throws SQLException {
    for (String user : new String[] {"cambio", "postgres"}) {
      for (String password : new String[] {"", user}) {
        assertThatExceptionOfType(SQLException.class)
            .isThrownBy(
                () ->
                    query(
                        new DatabaseUrl(
                            user,
                            Secret.of(password),
                            url.host(),
                            url.port(),
                            "cambio",
                            "disable",
                            Optional.empty()),
                        "select 1"))
            .extracting(SQLException::getSQLState)
            .isIn("28P01", "08004");
      }
    }
    assertThat(Path.of("/tmp/.s.PGSQL." + url.port())).doesNotExist();
    assertThat(query(url, "show password_encryption")).isEqualTo("scram-sha-256");
  }

  @Test
  void takesOverAServerThatAKilledProcessLeft() throws Exception {
    Path cluster = directory.resolve("postgres");
    halt("without-guard");
    requirePrivate();
    ProcessHandle left = StalePostgres.serverIn(cluster).orElseThrow();

    try (DataDirectory data = DataDirectory.hold(directory);
        LocalPostgres server = LocalPostgres.start(data)) {
      assertThat(left.isAlive()).isFalse();
      assertThat(query(server.url(), "select n from kept")).isEqualTo("7");
    }
  }

  @Test
  void stopsWhenItsProcessIsKilled() throws Exception {
    halt("with-guard");

    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (StalePostgres.serverIn(directory.resolve("postgres")).isPresent()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  @Test
  void beginsAnewWhenTheFirstStartWasCutShort() throws Exception {
    Path cluster = Files.createDirectories(directory.resolve("postgres"));
    Files.writeString(cluster.resolve("postgresql.conf"), "# half written");

    try (DataDirectory data = DataDirectory.hold(directory);
        LocalPostgres server = LocalPostgres.start(data)) {
      assertThat(query(server.url(), "select 1")).isEqualTo("1");
    }
  }

  @Test
  void theGuardStopsAServerWhoseOwnerIsGone() throws Exception {
    Process server = interruptible();
    OrphanGuard guard = OrphanGuard.watch(server.toHandle());

    guard.abandon();

    assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  /**
   * A process that handles SIGINT as PostgreSQL does, also where it was ignored when it started.
   */
  private static Process interruptible() throws IOException {
    String script =
        "process.on('SIGINT', () => process.exit(0)); setInterval(() => {}, 1000);"
            + " console.log('ready')";
    Process process = new ProcessBuilder("node", "-e", script).start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  @Test
  void theGuardLeavesAServerAloneThatItsOwnerStops() throws Exception {
    Process server = new ProcessBuilder("sleep", "60").start();
    try {
      OrphanGuard guard = OrphanGuard.watch(server.toHandle());

      guard.close();

      assertThat(guard.ended(10, TimeUnit.SECONDS)).isTrue();
      assertThat(server.isAlive()).isTrue();
    } finally {
      server.destroy();
    }
  }

  /** Whatever the umask of the process was. */
  private void requirePrivate() throws IOException {
    assertThat(mode(binaries)).isEqualTo("rwx------");
    assertThat(mode(directory)).isEqualTo("rwx------");
    try (Stream<Path> made = Files.list(directory)) {
      for (Path each : made.filter(path -> !Files.isSymbolicLink(path)).toList()) {
        assertThat(mode(each)).as(each.toString()).endsWith("------");
      }
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void makesADirectoryThatIsEmptyPrivateWithThoseAboveThatItMakes() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Files.setPosixFilePermissions(empty, PosixFilePermissions.fromString("rwxrwxrwx"));
    DataDirectory.hold(empty).close();
    DataDirectory.hold(directory.resolve("a/b")).close();

    for (String made : new String[] {"empty", "empty/lock", "a", "a/b"}) {
      assertThat(mode(directory.resolve(made))).as(made).endsWith("------");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwxrwx---", "rwx----w-"})
  void refusesWhatOthersMayHaveReplaced(String mode) throws IOException {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Files.createFile(shared.resolve("postgres-binaries"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString(mode));

    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> DataDirectory.hold(shared))
        .withMessage(
            "data-dir: others may write %s (%s) and could have replaced what is run from it;"
                + " remove it, or look at what is in it and then run: chmod go-w %s",
            shared, mode, shared);
    assertThat(mode(shared)).isEqualTo(mode);

    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
    DataDirectory.hold(shared).close();
    assertThat(mode(shared)).isEqualTo("rwx------");
  }

  @Test
  void refusesWhatBelongsToSomebodyElse() throws IOException {
    Path foreign = Files.createDirectory(directory.resolve("foreign"));
    UserPrincipal nobody =
        foreign.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    try {
      Files.setOwner(foreign, nobody);
    } catch (FileSystemException e) {
      assumeTrue(false, "only root gives files away");
    }

    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> DataDirectory.hold(foreign))
        .withMessageStartingWith("data-dir: " + foreign + " belongs to nobody, who could replace");
  }

  @Test
  void worksBelowADirectoryThatEverybodyMayWrite() throws IOException {
    Path shared = Files.createDirectory(directory.resolve("builds"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));

    DataDirectory.hold(shared.resolve("data/quickstart")).close();
    assertThat(mode(shared.resolve("data"))).isEqualTo("rwx------");
  }

  @Test
  void oneProcessAtATimeHoldsADirectory() {
    try (DataDirectory data = DataDirectory.hold(directory)) {
      assertThat(data.path()).isEqualTo(directory);
      assertThatExceptionOfType(StartupException.class)
          .isThrownBy(() -> DataDirectory.hold(directory))
          .withMessage("data-dir: %s is in use by another running cambio", directory);
    }
  }

  @Test
  void keepsSecretsToItself() throws IOException {
    try (DataDirectory data = DataDirectory.hold(directory)) {
      var made = data.secret("s", () -> Secret.of("one"));
      var kept = data.secret("s", () -> Secret.of("two"));

      assertThat(kept).isEqualTo(made);
      assertThat(Files.getPosixFilePermissions(directory.resolve("s"))).hasSize(2);
    }
  }

  /** Starts a server in another JVM, which then ends at once and without any cleaning up. */
  private void halt(String guard) throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "umask 0; exec \"$@\"",
                "cambio",
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Halting.class.getName(),
                directory.toString(),
                guard)
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isEqualTo(Halting.EXIT_CODE);
  }

  /** The other JVM. */
  static final class Halting {
    static final int EXIT_CODE = 9;

    private Halting() {}

    public static void main(String[] arguments) throws Exception {
      LocalPostgres server = LocalPostgres.start(DataDirectory.hold(Path.of(arguments[0])));
      execute(server.url(), "create table kept as select 7 as n");
      if (arguments[1].equals("without-guard")) {
        server.dismissGuard();
      }
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  private static String query(DatabaseUrl url, String sql) throws SQLException {
    try (Connection connection = Migrations.dataSource(url, TIMEOUT).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(DatabaseUrl url, String sql) throws SQLException {
    try (Connection connection = Migrations.dataSource(url, TIMEOUT).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
