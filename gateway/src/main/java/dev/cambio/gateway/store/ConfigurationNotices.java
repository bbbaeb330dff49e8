package dev.cambio.gateway.store;

import static java.util.stream.Collectors.joining;

import dev.cambio.gateway.error.Trouble;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgNotification;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
  private final Map<String, Consumer<String>> channels = new LinkedHashMap<>();
  private final Trouble trouble = new Trouble(LOG, "Cannot listen for changes of configuration");
  private final Map<String, Long> revisions = new HashMap<>();
  private final AtomicBoolean again = new AtomicBoolean();
  private volatile boolean closed;
  private long timer;

  public ConfigurationNotices(Vertx vertx, Pool pool, ConfigurationCaches caches) {
    this.vertx = vertx;
    this.pool = pool;
    this.caches = caches;
    channels.put(CHANNEL, caches::drop);
  }

  /** Has something else told of its own channel; to be called before the start. */
  public void also(String channel, Runnable told) {
    channels.put(channel, _ -> told.run());
  }

  /** Begins to listen; the future completes when notices arrive. */
  public Future<Void> start() {
    timer = vertx.setPeriodic(MAX_STALENESS.toMillis(), id -> compareRevisions());
    return listen();
  }

  /** On a connection that is kept for it, and replaced when it is lost. */
  private Future<Void> listen() {
    return pool.getConnection()
        .compose(
            connection -> {
              // The library would print why.
              connection.exceptionHandler(broken -> {});
              connection.closeHandler(lost -> listenAgain());
              ((PgConnection) connection).notificationHandler(this::told);
              return connection.query(statement()).execute().onFailure(e -> connection.close());
            })
        .onSuccess(
            listening -> {
              // What was announced in between was not heard.
              caches.dropAll();
              trouble.over();
            })
        .mapEmpty();
  }

  private String statement() {
    return channels.keySet().stream().map(name -> "listen " + name).collect(joining("; "));
  }

  private void told(PgNotification notice) {
    Consumer<String> handler = channels.get(notice.getChannel());
    if (handler != null) {
      handler.accept(notice.getPayload());
    }
  }

  private void listenAgain() {
    if (closed || !again.compareAndSet(false, true)) {
      return;
    }
    vertx.setTimer(
        RECONNECT.toMillis(),
        due -> {
          again.set(false);
          listen()
              .onFailure(
                  e -> {
                    if (!closed) {
                      trouble.met(e);
                      listenAgain();
                    }
                  });
        });
  }

  private void compareRevisions() {
    pool.query("select id, revision from tenant")
        .execute()
        .onSuccess(rows -> rows.forEach(this::compareRevision))
        .onFailure(trouble::met);
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
    closed = true;
    vertx.cancelTimer(timer);
  }
}
