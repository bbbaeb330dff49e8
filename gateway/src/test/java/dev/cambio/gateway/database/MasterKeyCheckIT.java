package dev.cambio.gateway.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.store.SecretSeal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The master key and the database")
class MasterKeyCheckIT {
  private static final byte[] KEY = key(1);
  private static final byte[] OTHER = key(2);

  private final TestPostgres database = TestPostgres.create();

  private static byte[] key(int octet) {
    byte[] key = new byte[SecretSeal.MASTER_KEY_BYTES];
    Arrays.fill(key, (byte) octet);
    return key;
  }

  private void refuses(byte[] key) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> MasterKeys.use(database, key))
        .withMessageStartingWith("test: master-key is not the key that the secrets in database ");
  }

  @Test
  @DisplayName("the first key is the one from then on")
  void firstCounts() throws SQLException {
    MasterKeys.use(database, KEY);
    MasterKeys.use(database, KEY);

    refuses(OTHER);
    assertThat(database.count("master_key_check")).isEqualTo(1);
  }

  @Test
  @DisplayName("nodes that start at once on an empty database agree on one of their keys")
  void oneWins() throws Exception {
    int nodes = 8;
    CyclicBarrier start = new CyclicBarrier(nodes);
    List<Callable<Integer>> starting = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      int octet = i % 2;
      starting.add(
          () -> {
            start.await();
            try {
              MasterKeys.use(database, key(octet));
              return octet;
            } catch (StartupException refused) {
              return -1;
            }
          });
    }
    List<Integer> started = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(nodes)) {
      for (Future<Integer> each : threads.invokeAll(starting)) {
        started.add(each.get());
      }
    }

    started.removeIf(octet -> octet < 0);
    assertThat(started).hasSize(nodes / 2);
    assertThat(started.stream().distinct()).hasSize(1);
    refuses(key(1 - started.getFirst()));
  }

  @Test
  @DisplayName("a database of before the check is judged by its signing keys, and then has one")
  void judgesBySigningKeys() throws SQLException {
    signingKey(KEY, "t");

    refuses(OTHER);
    assertThat(database.count("master_key_check")).isZero();
    MasterKeys.use(database, KEY);
    refuses(OTHER);
  }

  @Test
  @DisplayName("what was written under another key before does not lock the right one out")
  void goesOnWithAMixture() throws SQLException {
    signingKey(KEY, "right");
    signingKey(OTHER, "wrong");

    MasterKeys.use(database, KEY);
    refuses(OTHER);
  }

  @Test
  @DisplayName("a value that somebody has changed opens for nobody")
  void failsClosed() throws SQLException {
    MasterKeys.use(database, KEY);
    execute("update master_key_check set sealed = '\\x00'");

    refuses(KEY);
  }

  @Test
  @DisplayName("a schema that is older is left to be brought up to date first")
  void leavesOlderSchemas() throws SQLException {
    execute("drop table master_key_check");

    MasterKeys.use(database, KEY);
  }

  private void signingKey(byte[] key, String tenant) throws SQLException {
    execute("insert into tenant (id, domain) values (?, ?)", tenant, tenant + ".example");
    execute(
        """
        insert into signing_key (tenant_id, kid, state, certificate, sealed_key)
        values (?, 'k', 'current', '', ?)
        """,
        tenant,
        SecretSeal.of(key).seal("pkcs8".getBytes(UTF_8), SigningKeys.context(tenant, "k")));
  }

  private void execute(String sql, Object... parameters) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.execute();
    }
  }
}
