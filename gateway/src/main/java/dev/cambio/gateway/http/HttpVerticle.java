package dev.cambio.gateway.http;

import dev.cambio.gateway.introspection.IntrospectionEndpoint;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.load.BodyBudget;
import dev.cambio.gateway.load.Drain;
import dev.cambio.gateway.load.HeapHeadroom;
import dev.cambio.gateway.load.RequestDecoder;
import dev.cambio.gateway.management.ManagementApi;
import dev.cambio.gateway.mfa.MfaEndpoint;
import dev.cambio.gateway.revocation.RevocationEndpoint;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.token.RequestLimits;
import dev.cambio.gateway.token.TokenEndpoint;
import dev.cambio.gateway.userinfo.UserinfoEndpoint;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** One event loop that serves HTTP and, beside it, HTTPS; several share the ports. */
public final class HttpVerticle extends VerticleBase {
  private static final int IDLE_SECONDS = 90;

  private final HttpSettings settings;
  private final Optional<TlsIdentity> identity;
  private final Services services;
  private Optional<HttpServer> plain = Optional.empty();
  private Optional<HttpServer> tls = Optional.empty();

  /**
   * What answers requests.
   *
   * @param limits of what one tenant takes, for the endpoints that do not count by themselves
   * @param budget of bytes, for all requests together
   * @param headroom of the heap, without which no request is taken
   * @param drain whether the node is about to stop
   * @param takesCertificates whether clients may authenticate by mutual TLS
   * @param executor starts a virtual thread per request
   */
  public record Services(
      BodyBudget budget,
      HeapHeadroom headroom,
      Drain drain,
      RequestLimits limits,
      TokenEndpoint tokenEndpoint,
      UserinfoEndpoint userinfoEndpoint,
      MfaEndpoint mfaEndpoint,
      RevocationEndpoint revocationEndpoint,
      IntrospectionEndpoint introspectionEndpoint,
      Tenants tenants,
      SigningKeys keys,
      ManagementApi managementApi,
      boolean takesCertificates,
      Executor executor) {}

  /**
   * A verticle.
   *
   * @param identity of the TLS listener, if the settings want one
   */
  public HttpVerticle(HttpSettings settings, Optional<TlsIdentity> identity, Services services) {
    this.settings = settings;
    this.identity = identity;
    this.services = services;
  }

  @Override
  public Future<?> start() {
    List<Future<?>> listening = new ArrayList<>();
    if (settings.plain()) {
      listening.add(
          listen(settings.scheme(), options(settings.port(), -1))
              .onSuccess(server -> plain = Optional.of(server)));
    }
    settings
        .tls()
        .map(wanted -> options(wanted.port(), -2).setSsl(true))
        .map(options -> options.setKeyCertOptions(identity.orElseThrow().options()))
        .ifPresent(
            options ->
                listening.add(
                    listen("https", options).onSuccess(server -> tls = Optional.of(server))));
    return Future.all(listening);
  }

  /**
   * Options of a listener.
   *
   * @param shared stands for a port of the system's choice: Vert.x gives each verticle a port of
   *     its own for 0, but one that they share for each negative number
   */
  private HttpServerOptions options(int port, int shared) {
    return RequestDecoder.options(settings.host(), port == 0 ? shared : port)
        .setUseProxyProtocol(settings.proxies().proxyProtocol())
        .setIdleTimeout(IDLE_SECONDS)
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setStrictThreadMode(true);
  }

  private Future<HttpServer> listen(String scheme, HttpServerOptions options) {
    Routes routes = new Routes(scheme, settings, services);
    Entrance entrance =
        new Entrance(vertx, services.headroom(), services.drain(), routes.router(vertx));
    return vertx
        .createHttpServer(options)
        .connectionHandler(
            connection ->
                RequestDecoder.install(
                    connection, options, settings.headerTimeout(), RequestHead::requireSound))
        .requestHandler(entrance)
        .invalidRequestHandler(entrance::refuseUndecoded)
        .listen();
  }

  /** Takes no new requests and lets those under way finish, within bounds. */
  @Override
  public Future<?> stop() {
    List<Future<Void>> stopping = new ArrayList<>();
    long limit = services.drain().limit().toMillis();
    plain.ifPresent(server -> stopping.add(server.shutdown(limit, TimeUnit.MILLISECONDS)));
    tls.ifPresent(server -> stopping.add(server.shutdown(limit, TimeUnit.MILLISECONDS)));
    return Future.join(stopping);
  }

  /** The port of plain HTTP; 0 without. */
  public int port() {
    return plain.map(HttpServer::actualPort).orElse(0);
  }

  /** The port of HTTPS; 0 without. */
  public int tlsPort() {
    return tls.map(HttpServer::actualPort).orElse(0);
  }
}
