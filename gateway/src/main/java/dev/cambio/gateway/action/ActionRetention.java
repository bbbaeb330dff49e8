package dev.cambio.gateway.action;

import dev.cambio.gateway.error.Faults;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes records of executions after ten days (contract actions-runtime §3), and code that no
 * version has, or has any more. One node of a cluster does it at a time.
 */
public final class ActionRetention implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ActionRetention.class);
  private static final Duration INTERVAL = Duration.ofHours(1);

  /** Small enough that no commit is long. */
  private static final int BATCH = 10_000;

  private static final String TRY_LOCK =
      "select pg_try_advisory_xact_lock(hashtext('cambio_action_retention'))";

  private static final String OLD_EXECUTIONS =
      """
      delete from action_execution where ctid = any (array(
        select ctid from action_execution
        where created_at < now() - interval '10 days' order by created_at limit %d))
      """
          .formatted(BATCH);

  /** Builds that no draft and no version has, or has any more. */
  private static final String UNUSED_BUILDS =
      """
      delete from action_build b
      where b.status in ('built', 'failed') and b.finished_at < now() - interval '1 day'
        and not exists (select from action a
          where a.tenant_id = b.tenant_id and a.build_id = b.id)
        and not exists (select from action_version v
          where v.tenant_id = b.tenant_id and v.build_id = b.id)
        and not exists (select from action_module m
          where m.tenant_id = b.tenant_id and m.build_id = b.id)
        and not exists (select from action_module_version v
          where v.tenant_id = b.tenant_id and v.build_id = b.id)
      """;

  /** Code that has just been stored may be that of a trial, or of a version to be. */
  private static final String UNUSED_CODE =
      """
      delete from action_code c
      where c.used_at < now() - interval '1 day'
        and not exists (select from action_version v
          where v.tenant_id = c.tenant_id and v.content_hash = c.content_hash)
        and not exists (select from action_version v
          where v.tenant_id = c.tenant_id and v.program_hash = c.content_hash)
        and not exists (select from action_module_version v
          where v.tenant_id = c.tenant_id and v.content_hash = c.content_hash)
        and not exists (select from action_build b
          where b.tenant_id = c.tenant_id and b.content_hash = c.content_hash)
      """;

  private final Vertx vertx;
  private final Pool pool;
  private long timer;

  public ActionRetention(Vertx vertx, Pool pool) {
    this.vertx = vertx;
    this.pool = pool;
  }

  /** Begins to remove, now and every hour. */
  public void start() {
    timer = vertx.setPeriodic(0, INTERVAL.toMillis(), id -> removeAndReport());
  }

  private void removeAndReport() {
    remove()
        .onFailure(e -> LOG.warn("Cannot remove old executions of Actions: {}", Faults.reason(e)));
  }

  /** Removes whatever is to be removed now, unless another node is at it. */
  Future<Void> remove() {
    return pool.withTransaction(connection -> whenLocked(connection, UNUSED_BUILDS))
        .compose(_ -> pool.withTransaction(connection -> whenLocked(connection, UNUSED_CODE)))
        .compose(removed -> removeExecutions());
  }

  private Future<Void> removeExecutions() {
    return pool.withTransaction(connection -> whenLocked(connection, OLD_EXECUTIONS))
        .compose(more -> Boolean.TRUE.equals(more) ? removeExecutions() : Future.succeededFuture());
  }

  /** Whether a whole batch went, so that there may be more; not if another node is at it. */
  private static Future<Boolean> whenLocked(SqlConnection connection, String statement) {
    return connection
        .query(TRY_LOCK)
        .execute()
        .compose(
            rows ->
                rows.iterator().next().getBoolean(0)
                    ? connection.query(statement).execute().map(done -> done.rowCount() == BATCH)
                    : Future.succeededFuture(false));
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
