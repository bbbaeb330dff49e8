package dev.cambio.gateway.database;

import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.Map;

/** The pool of connections used at run time. */
public final class DatabasePool {
  private DatabasePool() {}

  /** A pool; it connects when first asked, and closes with its Vert.x. */
  public static Pool open(Vertx vertx, DatabaseUrl url, DatabaseSettings settings) {
    // No limit to waiting: store.Database has one, and says why.
    PoolOptions pool = new PoolOptions().setMaxSize(settings.poolSize()).setConnectionTimeout(0);
    NetClientOptions transport =
        new NetClientOptions().setConnectTimeout((int) settings.connectTimeout().toMillis());
    return PgBuilder.pool()
        .with(pool)
        .with(transport)
        .connectingTo(connect(url))
        .using(vertx)
        .build();
  }

  /** How to connect outside the pool, for the one connection that listens for notices. */
  public static PgConnectOptions connect(DatabaseUrl url) {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(url.host())
            .setPort(url.port())
            .setDatabase(url.database())
            .setUser(url.user())
            .setPassword(url.password().text())
            .setCachePreparedStatements(true)
            .setProperties(Map.of("application_name", "cambio"))
            .setSslMode(SslMode.of(url.sslMode()));
    if (options.getSslMode() != SslMode.DISABLE) {
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
