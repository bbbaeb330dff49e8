package dev.cambio.gateway.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cambio.gateway.action.ActionWorkbench;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.packages.ActionPackages;
import dev.cambio.gateway.packages.BuildSettings;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.gateway.stream.FileSink;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.model.config.Settings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Reading logs from a checkpoint while they are written, contract management-api §2.11")
class LogCheckpointIT {
  private static UserDatabase database;
  private static Vertx vertx;
  private static ManagementSession session;

  @BeforeAll
  static void start() throws IOException {
    database = new UserDatabase();
    vertx = Vertx.vertx();
    session = session(database);
  }

  /** Calls the API's operations from within. */
  private static ManagementSession session(UserDatabase database) {
    Database rows = database.database();
    SecretSeal seal = SecretSeal.of(new byte[SecretSeal.MASTER_KEY_BYTES]);
    ConfigurationCaches caches = new ConfigurationCaches();
    IdTokens idTokens =
        new IdTokens(
            new JwtSignatures(vertx, new SigningKeys(rows, caches, seal, Clock.systemUTC())),
            new Clients(rows, caches, seal));
    return new ManagementSession(
        Resources.operations(
            seal,
            ActionWorkbench.UNREACHABLE,
            new ActionPackages(BuildSettings.from(new Settings(Map.of()))),
            idTokens,
            FileSink.CLOSED),
        new Tenant(
            UserDatabase.TENANT,
            "localhost",
            Set.of("localhost"),
            JsonNodeFactory.instance.objectNode()),
        "http://localhost/",
        new TenantQueries(rows, UserDatabase.TENANT),
        OffsetDateTime.now(ZoneOffset.UTC));
  }

  @AfterAll
  static void stop() throws IOException {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    database.close();
  }

  @BeforeEach
  void empty() {
    database.execute("truncate tenant_log");
  }

  private static void insert(Connection connection, String tenant, String type)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into tenant_log (tenant_id, date, type, payload) values (?, now(), ?, '{}')")) {
      statement.setString(1, tenant);
      statement.setString(2, type);
      statement.execute();
    }
  }

  private static Connection writer() throws SQLException {
    Connection connection = database.connect();
    connection.setAutoCommit(false);
    return connection;
  }

  private static JsonNode call(Map<String, String> query) {
    return database.call(() -> session.call("listLogs", Map.of(), query));
  }

  private static List<String> types(JsonNode logs) {
    List<String> types = new ArrayList<>();
    logs.forEach(log -> types.add(log.path("type").asText()));
    return types;
  }

  private static List<String> fromStart() {
    return types(call(Map.of("take", "100")));
  }

  @Test
  @DisplayName("§2.11 a row is not passed on before those that were begun earlier have ended")
  void waitsForEarlierRows() throws SQLException {
    try (Connection slow = writer();
        Connection undone = writer();
        Connection fast = writer()) {
      insert(fast, UserDatabase.TENANT, "first");
      fast.commit();
      insert(slow, UserDatabase.TENANT, "slow");
      insert(undone, "other", "undone");
      insert(fast, UserDatabase.TENANT, "fast");
      fast.commit();

      assertThat(fromStart()).containsExactly("first");
      slow.commit();
      assertThat(fromStart()).containsExactly("first", "slow");
      undone.rollback();
      assertThat(fromStart()).containsExactly("first", "slow", "fast");
    }
  }

  @Test
  @DisplayName("§4.6 a search sees a row at once, whoever else is writing")
  void searchesSeeRowsAtOnce() throws SQLException {
    try (Connection slow = writer();
        Connection fast = writer()) {
      insert(slow, UserDatabase.TENANT, "slow");
      insert(fast, UserDatabase.TENANT, "fast");
      fast.commit();

      assertThat(types(call(Map.of("q", "type:fast")))).containsExactly("fast");
    }
  }

  @Test
  @DisplayName("§2.11 a transaction that writes twice, with others in between, loses nothing")
  void rowsOfOneTransactionFarApart() throws SQLException {
    try (Connection slow = writer();
        Connection fast = writer()) {
      insert(slow, UserDatabase.TENANT, "slow1");
      insert(fast, UserDatabase.TENANT, "fast1");
      fast.commit();
      insert(slow, UserDatabase.TENANT, "slow2");
      insert(fast, UserDatabase.TENANT, "fast2");
      fast.commit();

      assertThat(fromStart()).isEmpty();
      slow.commit();
      assertThat(fromStart()).containsExactly("slow1", "fast1", "slow2", "fast2");
    }
  }

  /** Until the reader has read once more, unless it hangs. */
  private static void hasReadAgain(Semaphore released) throws InterruptedException {
    assertThat(released.tryAcquire(1, 10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  @DisplayName("§2.11 with several writers, some slow, a reader sees every row exactly once")
  void seesEveryRowOnce() throws Exception {
    int writers = 6;
    int transactions = 150;
    AtomicInteger polls = new AtomicInteger();
    Semaphore released = new Semaphore(0);
    CountDownLatch done = new CountDownLatch(writers);
    ConcurrentSkipListSet<String> committed = new ConcurrentSkipListSet<>();
    ConcurrentSkipListSet<String> problems = new ConcurrentSkipListSet<>();
    for (int w = 0; w < writers; w++) {
      int writer = w;
      Thread.ofPlatform()
          .start(
              () -> {
                Random random = new Random(writer);
                try (Connection connection = writer()) {
                  for (int t = 0; t < transactions; t++) {
                    List<String> rows = new ArrayList<>();
                    for (int r = random.nextInt(3); r >= 0; r--) {
                      String type = "w%d-%d-%d".formatted(writer, t, r);
                      insert(connection, UserDatabase.TENANT, type);
                      rows.add(type);
                    }
                    insert(connection, "other", "noise");
                    if (random.nextInt(4) == 0) {
                      // Slow: open while the reader reads again.
                      hasReadAgain(released);
                    }
                    if (random.nextInt(10) == 0) {
                      connection.rollback();
                    } else {
                      connection.commit();
                      committed.addAll(rows);
                    }
                  }
                } catch (SQLException | InterruptedException | AssertionError e) {
                  problems.add(e.toString());
                } finally {
                  done.countDown();
                }
              });
    }
    List<String> seen = new ArrayList<>();
    List<String> order = new ArrayList<>();
    String from = "90000000000000000000000";
    boolean last = false;
    while (true) {
      JsonNode logs = call(Map.of("from", from, "take", "17"));
      polls.incrementAndGet();
      released.release();
      seen.addAll(types(logs));
      for (JsonNode log : logs) {
        from = log.path("log_id").asText();
        order.add(from);
      }
      if (logs.isEmpty()) {
        if (last) {
          break;
        }
        last = done.getCount() == 0;
      }
    }

    assertThat(problems).isEmpty();
    assertThat(order).isSorted().doesNotHaveDuplicates();
    assertThat(seen).containsExactlyInAnyOrderElementsOf(committed);
    assertThat(seen.size()).isGreaterThan(1000);
    assertThat(polls).hasValueGreaterThan(60);
  }
}
