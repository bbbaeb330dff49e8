package dev.cambio.gateway.store;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A statement that could leave its tenant never reaches the database, which is not even there. */
class QueriesTest {
  private static Vertx vertx;
  private static Pool pool;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    pool = PgBuilder.pool().connectingTo(new PgConnectOptions().setPort(1)).using(vertx).build();
  }

  @AfterAll
  static void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select payload from client",
        "select payload from client where client_id = $2",
        "select payload from client where tenant_id = $2 and client_id = $1",
        "select payload from client where tenant_id = $10",
        "select payload from client where tenant_id <> $1",
        "delete from user_account where user_id = $1",
        "insert into client (tenant_id, client_id) values ($2, $1)"
      })
  void refusesStatementsThatAreNotBoundToTheTenant(String sql) {
    Database database = new Database(pool);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> database.send("t1", sql))
        .withMessageStartingWith("not bound to a tenant");
  }
}
