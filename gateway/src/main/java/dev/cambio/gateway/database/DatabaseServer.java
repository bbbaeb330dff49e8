package dev.cambio.gateway.database;

import dev.cambio.gateway.database.DatabasePool.Limits;
import dev.cambio.gateway.store.Database;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Optional;

/**
 * The server as one node sees it: connections for what clients wait for, others for all else, so
 * that neither takes the other's, and a watch that knows whether it answers. While it does not, no
 * connection is kept, and nobody waits for one.
 */
public final class DatabaseServer {
  /** Connections beside those of the setting: for administration, background work and the watch. */
  static final int ADMINISTERING = 5;

  /** Twice in a row without an answer in that time, the server is away. */
  private static final Duration PROBE = Duration.ofMillis(600);

  /** Administrators are more patient than clients. */
  private static final Duration ADMINISTRATION_WAITS = Duration.ofSeconds(4);

  private static final Duration ADMINISTRATION_LOCKS = Duration.ofSeconds(10);

  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Vertx vertx;
  private final DatabaseUrl url;
  private final DatabaseSettings settings;
  private final TlsOffer offer;
  private final DatabaseWatch watch;
  private final Pool probes;
  private final Pool exchanging;
  private final Pool administering;

  private DatabaseServer(Vertx vertx, DatabaseUrl url, DatabaseSettings settings) {
    this.vertx = vertx;
    this.url = url;
    this.settings = settings;
    this.offer = new TlsOffer(vertx, url, PROBE);
    this.watch = new DatabaseWatch(vertx, this::probe, this::disconnect);
    this.probes = pool(new Limits(1, PROBE, PROBE.multipliedBy(2), PROBE, PROBE));
    this.exchanging =
        pool(
            new Limits(
                settings.poolSize(),
                settings.connectTimeout(),
                settings.statementTimeout(),
                settings.lockTimeout()));
    this.administering =
        pool(
            new Limits(
                ADMINISTERING,
                settings.connectTimeout(),
                settings.administrationTimeout(),
                ADMINISTRATION_LOCKS));
  }

  /** Begins to watch; the other connections are made when they are asked for. */
  public static DatabaseServer connect(Vertx vertx, DatabaseUrl url, DatabaseSettings settings) {
    DatabaseServer server = new DatabaseServer(vertx, url, settings);
    server.watch.suspect();
    return server;
  }

  private Pool pool(Limits limits) {
    return DatabasePool.open(vertx, url, limits, offer, this::connected);
  }

  private void connected(Channel channel) {
    open.add(channel);
    channel.closeFuture().addListener(closed -> watch.suspect());
  }

  private Future<?> probe() {
    return probes.query("select 1").execute();
  }

  private void disconnect() {
    offer.forget();
    open.forEach(AnswerTimeout::cut);
  }

  /** For what clients wait for. */
  public Database exchanges() {
    return new Database(exchanging, settings.acquireTimeout(), this::away);
  }

  /** For what administrators and background work wait for. */
  public Database administration() {
    return new Database(administering, ADMINISTRATION_WAITS, this::away);
  }

  /** The connections of {@link #administration}, for work that is nobody's request. */
  public Pool background() {
    return administering;
  }

  /** The connections of {@link #exchanges}. */
  Pool pool() {
    return exchanging;
  }

  /** Why the server is away; empty while it answers. */
  public Optional<String> away() {
    return watch.away();
  }

  /** Closes every connection. */
  public Future<Void> close() {
    watch.close();
    return Future.join(probes.close(), exchanging.close(), administering.close()).mapEmpty();
  }
}
