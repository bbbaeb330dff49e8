package dev.cambio.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.store.Database;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Many who share a few connections")
class DatabaseIT {
  private static final int CONNECTIONS = 4;
  private static final int CALLERS = 64;
  private static final String SQL = "select $1::text as tenant";

  private static final List<Throwable> UNHANDLED = Collections.synchronizedList(new ArrayList<>());
  private static EmbeddedPostgres postgres;
  private static Vertx vertx;
  private static Pool pool;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start();
    vertx = Vertx.vertx().exceptionHandler(UNHANDLED::add);
    pool =
        DatabasePool.open(
            vertx,
            DatabaseUrl.parse("postgresql://postgres@127.0.0.1:" + postgres.getPort() + "/postgres")
                .orElseThrow(),
            new DatabaseSettings(Optional.empty(), CONNECTIONS, Duration.ofSeconds(4)));
  }

  @AfterAll
  static void stop() throws IOException {
    pool.close().toCompletionStage().toCompletableFuture().join();
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
    int late = run(new Database(pool, Duration.ofMillis(4)), 200);

    assertThat(late).isPositive().isLessThan(CALLERS * 200);
    assertThat(UNHANDLED).isEmpty();
    requireEveryConnection();
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
        assertThat(e).isInstanceOf(TimeoutException.class);
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
