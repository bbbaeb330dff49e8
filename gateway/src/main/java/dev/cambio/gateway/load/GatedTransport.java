package dev.cambio.gateway.load;

import io.netty.bootstrap.ServerBootstrap;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.net.InetAddress;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The transport of a Vert.x whose HTTP listeners have a gate: Vert.x tells of a connection only
 * after its TLS handshake, and until then it would be neither counted nor bounded.
 */
public final class GatedTransport implements Transport {
  private final Gated implementation;

  /**
   * Whom a listener lets in.
   *
   * @param limits shared by the listeners that count together
   * @param welcome whether an address may connect at all
   */
  public record Rules(ConnectionLimits limits, Predicate<InetAddress> welcome) {}

  /**
   * A transport.
   *
   * @param rules of each HTTP listener, by the options that it is made with
   */
  public GatedTransport(Function<HttpServerOptions, Rules> rules) {
    this.implementation = new Gated(rules);
  }

  private static final class Gated extends NioTransport {
    private final Function<HttpServerOptions, Rules> rules;

    Gated(Function<HttpServerOptions, Rules> rules) {
      this.rules = rules;
    }

    @Override
    public void configure(
        NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
      super.configure(options, domainSocket, bootstrap);
      // The event bus listens too, but not by HTTP.
      if (options instanceof HttpServerOptions http) {
        bootstrap.handler(new AcceptGate(rules.apply(http), http.isSsl()));
      }
    }
  }

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return null;
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return implementation;
  }
}
