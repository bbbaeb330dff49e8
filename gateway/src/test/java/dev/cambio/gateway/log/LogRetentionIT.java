package dev.cambio.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.database.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Retention of tenant logs, contract token-endpoint §10")
class LogRetentionIT {
  private static TestPostgres postgres;
  private static Vertx vertx;
  private static Pool pool;

  @BeforeAll
  static void start() throws IOException {
    postgres = TestPostgres.create();
    String url = postgres.url();
    vertx = Vertx.vertx();
    pool = PgBuilder.pool().connectingTo(url).using(vertx).build();
  }

  @AfterAll
  static void stop() throws IOException {
    pool.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static List<String> execute(String sql) {
    List<String> values = new ArrayList<>();
    pool.query(sql)
        .execute()
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .forEach(row -> values.add(row.getString(0)));
    return values;
  }

  @Test
  @DisplayName("§10 entries of every tenant go after their days, however many, and not before")
  void removes() {
    execute("insert into tenant (id, domain) values ('a', 'a.example'), ('b', 'b.example')");
    execute(
        """
        insert into tenant_log (tenant_id, date, type, payload)
        select tenant, now() - interval '7 days 1 minute', 'old', '{}'::jsonb
        from generate_series(1, 10500), (values ('a'), ('b')) as t (tenant)
        union all
        select 'b', now() - interval '6 days 23 hours', 'young', '{}'::jsonb
        """);

    new LogRetention(vertx, pool, new LogSettings(7), Clock.systemUTC())
        .remove()
        .toCompletionStage()
        .toCompletableFuture()
        .join();

    assertThat(execute("select type from tenant_log")).containsExactly("young");
  }
}
