package dev.cambio.runtime.host;

import dev.cambio.runtime.process.GuestServices;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code fetch} for guest code, which has no network of its own. Names are resolved once per hop,
 * every address is checked against the policy, and the connection goes to a checked address. Safe
 * for use by many threads.
 */
public final class ActionFetch {
  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int IDLE_SECONDS = 30;
  private static final int PER_HOST = 64;
  private static final int WAITING = 256;
  private static final int MAX_HEADERS = 64 * 1024;

  private final Vertx vertx;
  private final Context loop;
  private final HttpClient client;
  private final EgressPolicy policy;
  private final FetchMeters meters;

  /**
   * The one client of the node.
   *
   * @param loop an event loop context, on which requests live: slots block, so their own contexts
   *     cannot take callbacks
   * @param registry where the numbers go
   */
  public ActionFetch(Vertx vertx, Context loop, EgressPolicy policy, MeterRegistry registry) {
    this.vertx = vertx;
    this.loop = loop;
    this.policy = policy;
    this.meters = new FetchMeters(registry);
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setVerifyHost(true)
                .setTrustAll(false)
                .setDecompressionSupported(true)
                .setConnectTimeout(CONNECT_TIMEOUT_MS)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(MAX_HEADERS),
            new PoolOptions().setHttp1MaxSize(PER_HOST).setMaxWaitQueueSize(WAITING));
  }

  /**
   * Starts a request; the completion is called once, unless the call is cancelled before.
   *
   * @param within time in which it must be done
   */
  FetchCall start(
      String headJson,
      byte @Nullable [] body,
      Duration within,
      GuestServices.Completion completion) {
    meters.sent(body == null ? 0 : body.length);
    FetchCall call = new FetchCall(this, meters.counting(completion));
    loop.runOnContext(
        _ -> {
          call.limit(within);
          try {
            call.send(FetchRequest.parse(headJson, body));
          } catch (FetchRequest.Refused e) {
            call.fail(e.reason());
          }
        });
    return call;
  }

  Vertx vertx() {
    return vertx;
  }

  Context loop() {
    return loop;
  }

  /** Resolves the request's host, checks every address and opens a connection to the first. */
  Future<HttpClientRequest> open(FetchRequest request) {
    return vertx
        .executeBlocking(() -> InetAddress.getAllByName(request.host()), false)
        .compose(addresses -> connect(request, addresses));
  }

  private Future<HttpClientRequest> connect(FetchRequest request, InetAddress[] addresses) {
    for (InetAddress address : addresses) {
      // One bad address condemns the name: it may be there to be hit on a retry.
      if (!policy.allows(request.host(), request.port(), address)) {
        return Future.failedFuture(
            new FetchRequest.Refused("connections to " + request.host() + " are not allowed"));
      }
    }
    RequestOptions options =
        new RequestOptions()
            .setServer(
                SocketAddress.inetSocketAddress(request.port(), addresses[0].getHostAddress()))
            .setHost(request.url().getHost())
            .setPort(request.port())
            .setSsl(request.secure())
            .setMethod(HttpMethod.valueOf(request.method()))
            .setURI(request.target())
            .setFollowRedirects(false);
    for (FetchRequest.Header header : request.headers()) {
      options.addHeader(header.name(), header.value());
    }
    return client.request(options);
  }
}
