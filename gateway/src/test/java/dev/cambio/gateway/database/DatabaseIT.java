package dev.cambio.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.error.Faults;
import dev.cambio.gateway.error.Outage;
import dev.cambio.gateway.http.SelfSignedCertificate;
import dev.cambio.gateway.store.Database;
import dev.cambio.model.config.Settings;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Many who share a few connections")
class DatabaseIT {
  private static final int CONNECTIONS = 4;
  private static final int CALLERS = 64;
  private static final String SQL = "select $1::text as tenant";

  private static final List<Throwable> UNHANDLED = Collections.synchronizedList(new ArrayList<>());
  private static FragilePostgres postgres;
  private static Vertx vertx;
  private static DatabaseServer server;
  private static Pool pool;

  @BeforeAll
  static void start(@TempDir Path data) throws IOException {
    postgres = FragilePostgres.start(data);
    vertx = Vertx.vertx().exceptionHandler(UNHANDLED::add);
    server =
        DatabaseServer.connect(
            vertx,
            DatabaseUrl.parse(postgres.url()).orElseThrow(),
            DatabaseSettings.from(
                new Settings(
                    Map.of(
                        "database.pool-size",
                        new Settings.Value(Integer.toString(CONNECTIONS), "test"),
                        "database.lock-timeout-ms",
                        new Settings.Value("200", "test"))),
                true));
    pool = server.pool();
  }

  /** That of exchanges, for a machine that may be busy. */
  private static Database patient() {
    return new Database(pool, Duration.ofMinutes(1), server::away);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    postgres.close();
  }

  @BeforeEach
  void forget() {
    UNHANDLED.clear();
  }

  @Test
  @DisplayName("are all served when they have the time")
  void allServed() throws Exception {
    assertThat(run(new Database(pool), 200)).isZero();
    assertThat(UNHANDLED).isEmpty();
  }

  @Test
  @DisplayName("are told when they waited too long, and no connection is lost by that")
  void noConnectionIsLost() throws Exception {
    int late = run(new Database(pool, Duration.ofMillis(4), Optional::empty), 200);

    assertThat(late).isPositive().isLessThan(CALLERS * 200);
    assertThat(UNHANDLED).isEmpty();
    requireEveryConnection();
  }

  @Test
  @DisplayName("leave nothing that keeps the server from stopping, and find it again (C13)")
  void serverStopsAndReturns(@TempDir Path keys) throws Exception {
    Database database = patient();
    assertThat(ask(database)).isEqualTo("t");
    assertThat(isEncrypted(database)).isFalse();
    SelfSignedCertificate.in(keys, new SecureRandom(), Clock.systemUTC());
    postgres.execute("alter system set ssl_cert_file = '" + keys.resolve("certificate.pem") + "'");
    postgres.execute("alter system set ssl_key_file = '" + keys.resolve("key.pem") + "'");
    postgres.execute("alter system set ssl = on");

    Duration stop = postgres.stop();
    try {
      // Waiting for somebody who connected and said nothing would take it a minute.
      assertThat(stop).isLessThan(Duration.ofSeconds(30));
      await(() -> server.away().isPresent());
      assertThatExceptionOfType(Outage.class)
          .isThrownBy(() -> ask(database))
          .withMessageStartingWith("the database is away: ");
    } finally {
      postgres.startAgain();
    }
    await(() -> server.away().isEmpty());
    // As soon as the server offers it.
    assertThat(isEncrypted(database)).isTrue();
    assertThat(UNHANDLED).isEmpty();
  }

  private static boolean isEncrypted(Database database) throws Exception {
    return waiting(
        () ->
            database
                .first(
                    "t",
                    "select $1::text as tenant, ssl from pg_stat_ssl where pid = pg_backend_pid()",
                    row -> row.getBoolean(1))
                .orElseThrow());
  }

  @Test
  @DisplayName("are told of a server that freezes, and keep no connection to it (C13)")
  void serverFreezes() throws Exception {
    Database database = patient();
    ask(database);
    postgres.freeze();
    try {
      await(() -> server.away().isPresent());
      assertThatExceptionOfType(Outage.class).isThrownBy(() -> ask(database));
    } finally {
      postgres.thaw();
    }
    await(() -> server.away().isEmpty());
    assertThat(ask(database)).isEqualTo("t");
  }

  @Test
  @DisplayName("are served by new connections when the old ones are silent (C13)")
  void connectionsFreeze() throws Exception {
    Database database = patient();
    ask(database);
    postgres.freezeConnections();
    try {
      await(() -> isServed(database));
      assertThat(server.away()).isEmpty();
    } finally {
      postgres.thaw();
    }
  }

  @Test
  @DisplayName("are told in time of a lock that they cannot have (C13)")
  void tableIsLocked() throws Exception {
    Database database = patient();
    postgres.execute("create table locked (tenant_id text)");
    try (Connection holder = postgres.lock("locked")) {
      long startedAt = System.nanoTime();
      assertThatExceptionOfType(PgException.class)
          .isThrownBy(
              () -> database.list("t", "select 1 from locked where tenant_id = $1", row -> row))
          .matches(Faults::isOfPlatform)
          .extracting(PgException::getSqlState)
          .isEqualTo("55P03");
      assertThat(System.nanoTime() - startedAt).isLessThan(TimeUnit.SECONDS.toNanos(10));
      assertThat(server.away()).isEmpty();
      assertThat(holder.isClosed()).isFalse();
    }
  }

  private static boolean isServed(Database database) {
    try {
      return ask(database).equals("t");
    } catch (Exception e) {
      assertThat(e).matches(Faults::isOfPlatform);
      return false;
    }
  }

  private static String ask(Database database) throws Exception {
    return waiting(() -> database.first("t", SQL, row -> row.getString(0)).orElseThrow());
  }

  /** As a request does: on a virtual thread. */
  private static <T> T waiting(Callable<T> work) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                result.complete(work.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    try {
      return result.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.sleep(20);
    }
  }

  /** Each caller in turn does transactions and single statements; returns how many were late. */
  private static int run(Database database, int callsEach) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        callers.add(threads.submit(() -> lateCalls(database, callsEach)));
      }
      int late = 0;
      for (Future<Integer> caller : callers) {
        late += caller.get(60, TimeUnit.SECONDS);
      }
      return late;
    }
  }

  private static int lateCalls(Database database, int calls) {
    int late = 0;
    for (int i = 0; i < calls; i++) {
      try {
        if (i % 3 == 0) {
          database.transaction(queries -> queries.list("t", SQL, row -> row.getString(0)));
        } else {
          database.list("t", SQL, row -> row.getString(0));
        }
      } catch (Exception e) { // await() throws what a future failed with, checked or not
        assertThat(e).isInstanceOf(Outage.class);
        late++;
      }
    }
    return late;
  }

  /** They meet only when as many transactions as there are connections are open at once. */
  private static void requireEveryConnection() throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(CONNECTIONS);
    Database database = new Database(pool);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> holders = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        holders.add(threads.submit(() -> database.transaction(queries -> await(barrier))));
      }
      for (Future<Integer> holder : holders) {
        assertThat(holder.get(30, TimeUnit.SECONDS)).isNotNegative();
      }
    }
  }

  private static int await(CyclicBarrier barrier) {
    try {
      return barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
