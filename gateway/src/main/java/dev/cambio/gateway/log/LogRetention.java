package dev.cambio.gateway.log;

import dev.cambio.gateway.error.Faults;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes tenant log entries that are older than they are to be kept. One node of a cluster does it
 * at a time. A log stream that has been stopped for longer misses what is gone by then.
 */
public final class LogRetention implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogRetention.class);
  private static final Duration INTERVAL = Duration.ofHours(1);

  /** Small enough that no commit is long. */
  private static final int BATCH = 10_000;

  private static final String TRY_LOCK =
      "select pg_try_advisory_xact_lock(hashtext('cambio_log_retention'))";

  private static final String OLD_ENTRIES =
      """
      delete from tenant_log where ctid = any (array(
        select old.row from tenant t, lateral (
          select l.ctid as row from tenant_log l
          where l.tenant_id = t.id and l.date < $1 order by l.date limit %1$d) old
        limit %1$d))
      """
          .formatted(BATCH);

  private final Vertx vertx;
  private final Pool pool;
  private final LogSettings settings;
  private final Clock clock;
  private long timer = -1;

  public LogRetention(Vertx vertx, Pool pool, LogSettings settings, Clock clock) {
    this.vertx = vertx;
    this.pool = pool;
    this.settings = settings;
    this.clock = clock;
  }

  /** Begins to remove, now and every hour, unless entries are kept for ever. */
  public void start() {
    if (settings.retentionDays() > 0) {
      timer = vertx.setPeriodic(0, INTERVAL.toMillis(), id -> removeAndReport());
    }
  }

  private void removeAndReport() {
    remove().onFailure(e -> LOG.warn("Cannot remove old tenant log entries: {}", Faults.reason(e)));
  }

  /** Removes whatever is to be removed now, unless another node is at it. */
  Future<Void> remove() {
    return pool.withTransaction(this::removeBatch)
        .compose(more -> Boolean.TRUE.equals(more) ? remove() : Future.succeededFuture());
  }

  /** Whether a whole batch went, so that there may be more; not if another node is at it. */
  private Future<Boolean> removeBatch(SqlConnection connection) {
    OffsetDateTime oldest =
        clock.instant().atOffset(ZoneOffset.UTC).minusDays(settings.retentionDays());
    return connection
        .query(TRY_LOCK)
        .execute()
        .compose(
            rows ->
                rows.iterator().next().getBoolean(0)
                    ? connection
                        .preparedQuery(OLD_ENTRIES)
                        .execute(Tuple.of(oldest))
                        .map(done -> done.rowCount() == BATCH)
                    : Future.succeededFuture(false));
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
