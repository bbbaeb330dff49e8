package dev.cambio.gateway.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops cached configuration when PostgreSQL announces a change. A notice can be lost with the
 * connection that should have brought it, so the tenants' revisions are compared now and then too:
 * that bounds how long a node can be wrong.
 */
public final class ConfigurationNotices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationNotices.class);
  private static final String CHANNEL = "cambio_configuration";
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  /** The longest that a change can go unseen when its notice was lost. */
  static final Duration MAX_STALENESS = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final Pool pool;
  private final ConfigurationCaches caches;
  private final PgSubscriber subscriber;
  private final Map<String, Long> revisions = new HashMap<>();
  private long timer;

  public ConfigurationNotices(
      Vertx vertx, Pool pool, PgConnectOptions options, ConfigurationCaches caches) {
    this.vertx = vertx;
    this.pool = pool;
    this.caches = caches;
    this.subscriber = PgSubscriber.subscriber(vertx, options);
  }

  /** Has something else told of its own channel; to be called before the start. */
  public void also(String channel, Runnable told) {
    subscriber.channel(channel).handler(_ -> told.run());
  }

  /** Begins to listen; the future completes when notices arrive. */
  public Future<Void> start() {
    subscriber.reconnectPolicy(retries -> RECONNECT.toMillis());
    subscriber
        .channel(CHANNEL)
        .subscribeHandler(subscribed -> caches.dropAll())
        .handler(caches::drop);
    timer = vertx.setPeriodic(MAX_STALENESS.toMillis(), id -> compareRevisions());
    return subscriber.connect();
  }

  private void compareRevisions() {
    pool.query("select id, revision from tenant")
        .execute()
        .onSuccess(rows -> rows.forEach(this::compareRevision))
        .onFailure(e -> LOG.warn("Cannot check for configuration changes: {}", e.getMessage()));
  }

  private void compareRevision(Row row) {
    String tenantId = row.getString("id");
    Long revision = row.getLong("revision");
    boolean changed;
    synchronized (revisions) {
      changed = !revision.equals(revisions.put(tenantId, revision));
    }
    if (changed) {
      caches.drop(tenantId);
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
    subscriber.close();
  }
}
