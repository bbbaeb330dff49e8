package dev.cambio.gateway.database;

import dev.cambio.gateway.error.Outage;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How pools of connections are made: each step of a connection's life has its limit. */
final class DatabasePool {
  /** Callers that wait for a connection, for each that there is; the next is refused at once. */
  private static final int WAITERS_PER_CONNECTION = 64;

  /** The client library's names of what handles a connection. */
  private static final String IDLE = "idle";

  private static final String HANDLER = "handler";

  private DatabasePool() {}

  /**
   * What a pool's connections may take.
   *
   * @param connections at most
   * @param connect time for a connection, and for each answer of the server until it is made
   * @param statement time for one statement, that of a lock included
   * @param lock time to wait for one lock
   * @param answer time after which a server that owes an answer is not believed to give it
   */
  record Limits(
      int connections, Duration connect, Duration statement, Duration lock, Duration answer) {
    private static final Duration GRACE = Duration.ofMillis(500);

    /** With an answer somewhat later than the server's own time-out. */
    Limits(int connections, Duration connect, Duration statement, Duration lock) {
      this(connections, connect, statement, lock, statement.plus(GRACE));
    }

    /** By the names of PostgreSQL, in milliseconds. A transaction that idles holds its locks. */
    Map<String, String> serverSettings() {
      return Map.of(
          "application_name", "cambio",
          "statement_timeout", Long.toString(statement.toMillis()),
          "lock_timeout", Long.toString(lock.toMillis()),
          "idle_in_transaction_session_timeout", Long.toString(4 * statement.toMillis()));
    }
  }

  /**
   * A pool; it connects when first asked, and closes with its Vert.x.
   *
   * @param offer whether the server speaks TLS
   * @param connected told of each new connection
   */
  static Pool open(
      Vertx vertx, DatabaseUrl url, Limits limits, TlsOffer offer, Consumer<Channel> connected) {
    // No limit to waiting: store.Database has one, and says why.
    PoolOptions pool =
        new PoolOptions()
            .setMaxSize(limits.connections())
            .setMaxWaitQueueSize(WAITERS_PER_CONNECTION * limits.connections())
            .setConnectionTimeout(0);
    int connect = (int) limits.connect().toMillis();
    NetClientOptions transport =
        new NetClientOptions()
            .setConnectTimeout(connect)
            .setTcpKeepAlive(true)
            // Until it is made; then AnswerTimeout takes over, which allows for nothing to do.
            .setReadIdleTimeout(connect)
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    return PgBuilder.pool()
        .with(pool)
        .with(transport)
        .withConnectHandler(made -> made(made, limits, connected))
        .connectingTo(() -> options(url, limits, offer))
        .using(vertx)
        .build();
  }

  private static void made(SqlConnection connection, Limits limits, Consumer<Channel> connected) {
    Channel channel = channel(connection);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.remove(IDLE);
    pipeline.addBefore(HANDLER, "answers", new AnswerTimeout(limits.answer()));
    connected.accept(channel);
    // That is how it is handed to the pool.
    connection.close();
  }

  private static Channel channel(SqlConnection connection) {
    return ((SocketConnectionBase) ((SqlConnectionInternal) connection).unwrap().unwrap())
        .socket()
        .channelHandlerContext()
        .channel();
  }

  private static Future<SqlConnectOptions> options(DatabaseUrl url, Limits limits, TlsOffer offer) {
    SslMode wanted = SslMode.of(url.sslMode());
    if (wanted == SslMode.DISABLE) {
      return Future.succeededFuture(options(url, limits, SslMode.DISABLE));
    }
    return offer
        .get()
        .compose(
            offered -> {
              if (!offered && wanted != SslMode.PREFER) {
                return Future.failedFuture(
                    new Outage("the server speaks no TLS, for which database.url asks"));
              }
              SslMode mode = wanted != SslMode.PREFER ? wanted : SslMode.REQUIRE;
              return Future.succeededFuture(options(url, limits, offered ? mode : SslMode.DISABLE));
            });
  }

  private static SqlConnectOptions options(DatabaseUrl url, Limits limits, SslMode mode) {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(url.host())
            .setPort(url.port())
            .setDatabase(url.database())
            .setUser(url.user())
            .setPassword(url.password().text())
            .setCachePreparedStatements(true)
            .setProperties(limits.serverSettings())
            .setSslMode(mode);
    if (mode != SslMode.DISABLE) {
      options.setSslOptions(ssl(url));
    }
    return options;
  }

  private static ClientSSLOptions ssl(DatabaseUrl url) {
    ClientSSLOptions ssl = new ClientSSLOptions();
    switch (url.sslMode()) {
      case "verify-full" -> ssl.setHostnameVerificationAlgorithm("HTTPS");
      case "verify-ca" -> ssl.setHostnameVerificationAlgorithm("");
      default -> ssl.setTrustAll(true).setHostnameVerificationAlgorithm("");
    }
    url.sslRootCertificate()
        .ifPresent(file -> ssl.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
    return ssl;
  }
}
