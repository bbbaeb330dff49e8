package dev.cambio.gateway.http;

import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.management.ManagementApi;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.token.TokenEndpoint;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One event loop that serves HTTP; several share the port. */
public final class HttpVerticle extends VerticleBase {
  private static final int IDLE_SECONDS = 90;
  private static final int DRAIN_SECONDS = 5;

  private final HttpSettings settings;
  private final Routes routes;
  private @Nullable HttpServer server;

  /**
   * A verticle.
   *
   * @param executor starts a virtual thread per request
   */
  public HttpVerticle(
      HttpSettings settings,
      TokenEndpoint tokenEndpoint,
      Tenants tenants,
      SigningKeys keys,
      ManagementApi managementApi,
      Executor executor) {
    this.settings = settings;
    this.routes = new Routes(settings, tokenEndpoint, tenants, keys, managementApi, executor);
  }

  @Override
  public Future<?> start() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(settings.host())
            .setPort(listenPort(settings.port()))
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setStrictThreadMode(true);
    return vertx
        .createHttpServer(options)
        .requestHandler(routes.router(vertx))
        .listen()
        .onSuccess(listening -> server = listening);
  }

  /** Takes no new requests and lets those under way finish, within bounds. */
  @Override
  public Future<?> stop() {
    HttpServer listening = server;
    return listening == null
        ? Future.succeededFuture()
        : listening.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Vert.x gives every verticle a port of its own for 0, but one they share for a negative number.
   */
  private static int listenPort(int port) {
    return port == 0 ? -1 : port;
  }

  /** The port that is listened on; 0 until then. */
  public int port() {
    HttpServer listening = server;
    return listening == null ? 0 : listening.actualPort();
  }
}
