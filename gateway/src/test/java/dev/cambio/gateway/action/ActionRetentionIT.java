package dev.cambio.gateway.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.database.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Retention, contract actions-runtime §3")
class ActionRetentionIT {
  private static TestPostgres postgres;
  private static Vertx vertx;
  private static Pool pool;

  @BeforeAll
  static void start() throws IOException {
    postgres = TestPostgres.create();
    String url = postgres.url();
    vertx = Vertx.vertx();
    pool = PgBuilder.pool().connectingTo(PgConnectOptions.fromUri(url)).using(vertx).build();
    execute("insert into tenant (id, domain) values ('t', 't.example')");
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

  private static void remove() {
    new ActionRetention(vertx, pool).remove().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  @DisplayName("§3 records of executions go after ten days, however many, and not before")
  void removesOldExecutions() {
    execute(
        """
        insert into action_execution (tenant_id, id, trigger_id, results, created_at, updated_at)
        select 't', gen_random_uuid(), age, '[]'::jsonb, now() - age::interval, now() - age::interval
        from generate_series(1, 10500) n, lateral (values ('10 days 1 minute')) as old (age)
        union all
        select 't', gen_random_uuid(), '9 days 23 hours', '[]'::jsonb, now() - interval '9 days 23 hours',
               now()
        """);

    remove();

    assertThat(execute("select trigger_id from action_execution"))
        .containsExactly("9 days 23 hours");
  }

  @Test
  @DisplayName(
      "Code goes a day after its last use, unless a version or a build has it; builds without a"
          + " draft go")
  void removesUnusedCode() {
    execute(
        """
        insert into action_code (tenant_id, content_hash, source, used_at) values
          ('t', 'version', 'of a version', now() - interval '2 days'),
          ('t', 'program', 'all that it runs', now() - interval '2 days'),
          ('t', 'bundle', 'of a draft', now() - interval '2 days'),
          ('t', 'old bundle', 'of nothing', now() - interval '2 days'),
          ('t', 'recent', 'recent', now() - interval '23 hours'),
          ('t', 'unused', 'unused', now() - interval '25 hours')
        """);
    execute(
        """
        insert into action_build (tenant_id, id, inputs, status, content_hash, finished_at) values
          ('t', 'used', '{}', 'built', 'bundle', now() - interval '2 days'),
          ('t', 'unused', '{}', 'built', 'old bundle', now() - interval '2 days')
        """);
    execute(
        """
        insert into action (tenant_id, id, name, supported_triggers, draft, build_id)
        values ('t', 'a', 'a', '[]', '{}', 'used')
        """);
    execute(
        """
        insert into action_version
          (tenant_id, id, action_id, number, content_hash, program_hash, payload)
        values ('t', 'v', 'a', 1, 'version', 'program', '{}')
        """);

    remove();

    assertThat(execute("select content_hash from action_code order by 1"))
        .containsExactly("bundle", "program", "recent", "version");
    assertThat(execute("select id from action_build")).containsExactly("used");
  }
}
