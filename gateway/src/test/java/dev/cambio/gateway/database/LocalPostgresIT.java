package dev.cambio.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.config.Secret;
import dev.cambio.gateway.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPostgresIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @TempDir Path directory;

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
        execute(server.url(), "insert into tenant (id, domain) values ('t', 'd')");
      }
      assertThat(StalePostgres.serverIn(directory.resolve("postgres"))).isEmpty();

      try (LocalPostgres server = LocalPostgres.start(data)) {
        assertThat(query(server.url(), "select domain from tenant")).isEqualTo("d");
      }
    }
  }

  @Test
  void takesOverFromAProcessThatWasKilled() throws Exception {
    try (DataDirectory data = DataDirectory.hold(directory)) {
      // Never closed: as if its process had been killed together with the guard.
      LocalPostgres lost = LocalPostgres.start(data);
      execute(lost.url(), "create table kept as select 7 as n");

      try (LocalPostgres server = LocalPostgres.start(data)) {
        assertThat(server.url().port()).isNotEqualTo(lost.url().port());
        assertThat(query(server.url(), "select n from kept")).isEqualTo("7");
      }
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
    Process server = new ProcessBuilder("sleep", "60").start();
    OrphanGuard guard = OrphanGuard.watch(server.toHandle());

    guard.abandon();

    assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
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
