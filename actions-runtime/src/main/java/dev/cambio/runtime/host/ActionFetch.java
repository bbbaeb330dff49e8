package dev.cambio.runtime.host;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * {@code fetch} for guest code, which has no network of its own. Names are resolved once per hop,
 * every address is checked against the policy, and the connection goes to a checked address. Safe
 * for use by many threads.
 */
public final class ActionFetch {
  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int IDLE_SECONDS = 30;

  /** Less than common servers keep an idle connection, so that they seldom close one in use. */
  private static final int KEPT_SECONDS = 4;

  private static final int PER_HOST = 64;
  private static final int WAITING = 256;

  /** Name servers may be slow, and hostile ones are: nothing else of the node waits for them. */
  private static final int RESOLVING = 32;

  /** Names that one tenant may have looked up at a time, and its requests to one host. */
  private static final int RESOLVING_OF_TENANT = RESOLVING / 4;

  private static final int PER_HOST_OF_TENANT = PER_HOST / 2;

  /** Of the heap, what bodies on their way may take. */
  private static final int MEMORY_SHARE = 4;

  /** Addresses of one name that are tried. */
  private static final int ATTEMPTS = 3;

  private static final Set<String> WITH_BODY = Set.of("POST", "PUT");

  private final Vertx vertx;
  private final Context loop;
  private final HttpClient client;
  private final WorkerExecutor resolving;
  private final EgressSettings settings;
  private final HostResolver resolver;
  private final FetchMeters meters;
  private final HeldBodies held = new HeldBodies(Runtime.getRuntime().maxMemory() / MEMORY_SHARE);

  // Confined to the loop.
  private final Turns names = new Turns(RESOLVING_OF_TENANT);
  private final Turns hosts = new Turns(PER_HOST_OF_TENANT);

  /**
   * The one client of the node.
   *
   * @param loop an event loop context, on which requests live: slots block, so their own contexts
   *     cannot take callbacks
   * @param registry where the numbers go
   */
  public ActionFetch(Vertx vertx, Context loop, EgressSettings settings, MeterRegistry registry) {
    this(vertx, loop, settings, registry, HostResolver.SYSTEM);
  }

  ActionFetch(
      Vertx vertx,
      Context loop,
      EgressSettings settings,
      MeterRegistry registry,
      HostResolver resolver) {
    this.vertx = vertx;
    this.loop = loop;
    this.settings = settings;
    this.resolver = resolver;
    this.meters = new FetchMeters(registry);
    this.resolving = vertx.createSharedWorkerExecutor("cambio-egress-names", RESOLVING);
    HttpClientOptions options =
        new HttpClientOptions()
            .setVerifyHost(true)
            .setTrustAll(false)
            .setDecompressionSupported(true)
            .setConnectTimeout(CONNECT_TIMEOUT_MS)
            .setIdleTimeout(IDLE_SECONDS)
            .setKeepAliveTimeout(KEPT_SECONDS)
            .setMaxHeaderSize(settings.limits().headerBytes());
    settings.trust().ifPresent(options::setTrustOptions);
    this.client =
        vertx.createHttpClient(
            options, new PoolOptions().setHttp1MaxSize(PER_HOST).setMaxWaitQueueSize(WAITING));
  }

  EgressLimits limits() {
    return settings.limits();
  }

  /**
   * Starts a request; the outcome is told once, on the event loop, unless the call is cancelled
   * before.
   *
   * @param within time in which it must be done
   * @param budget what the run has left
   */
  FetchCall start(
      FetchRequest request, Duration within, EgressBudget budget, Consumer<FetchOutcome> outcome) {
    meters.sent(request);
    FetchCall call = new FetchCall(this, budget, meters.counting(outcome));
    loop.runOnContext(
        _ -> {
          call.limit(within);
          call.send(request);
        });
    return call;
  }

  Vertx vertx() {
    return vertx;
  }

  Context loop() {
    return loop;
  }

  HeldBodies held() {
    return held;
  }

  /** Turns of a tenant at having names looked up. */
  Turns names() {
    return names;
  }

  /** Turns of a tenant at a host. */
  Turns hosts() {
    return hosts;
  }

  /** Looks the name up and checks every address. To be called in the tenant's turn. */
  Future<List<InetAddress>> resolve(FetchUrl url) {
    return resolving.executeBlocking(() -> allowed(url), false).map(Objects::requireNonNull);
  }

  private List<InetAddress> allowed(FetchUrl url) throws Exception {
    List<InetAddress> addresses = resolver.resolve(url.host());
    for (InetAddress address : addresses) {
      // One bad address condemns the name: it may be there to be hit on a retry.
      if (!settings.policy().allows(url.host(), url.port(), address)) {
        throw FetchFailure.denied(url);
      }
    }
    return addresses;
  }

  /**
   * Opens a connection to one of the addresses. It may take long and cannot be stopped, so it is
   * told no more than where to, and the request is written to what comes of it. To be called on the
   * loop.
   *
   * @param wanted whether somebody still waits for it, or else no further address is tried
   */
  Future<HttpClientRequest> connect(
      FetchUrl url, List<InetAddress> addresses, BooleanSupplier wanted) {
    return connect(url, addresses, 0, wanted);
  }

  private Future<HttpClientRequest> connect(
      FetchUrl url, List<InetAddress> addresses, int index, BooleanSupplier wanted) {
    int next = index + 1;
    return client
        .request(options(url, addresses.get(index)))
        .recover(
            e ->
                e instanceof ConnectException
                        && next < Math.min(ATTEMPTS, addresses.size())
                        && wanted.getAsBoolean()
                    ? connect(url, addresses, next, wanted)
                    : Future.failedFuture(e));
  }

  /** To the address; the name stands in {@code Host}, in SNI, and is what certificates must say. */
  private static RequestOptions options(FetchUrl url, InetAddress address) {
    return new RequestOptions()
        .setServer(SocketAddress.inetSocketAddress(url.port(), address.getHostAddress()))
        .setHost(url.urlHost())
        .setPort(url.port())
        .setSsl(url.secure())
        .setFollowRedirects(false);
  }

  /** Sends the request on the connection that was opened for it. */
  static Future<HttpClientResponse> send(FetchRequest request, HttpClientRequest opened) {
    opened.setMethod(HttpMethod.valueOf(request.method())).setURI(request.url().target());
    byte[] body = request.body();
    MultiMap headers = opened.headers();
    for (FetchRequest.Header header : request.headers()) {
      headers.add(header.name(), header.value());
    }
    if (body == null && WITH_BODY.contains(request.method())) {
      headers.add("content-length", "0");
    }
    if (!request.has("user-agent")) {
      // Some servers answer nobody who has no name.
      headers.add("user-agent", "cambio");
    }
    return body == null ? opened.send() : opened.send(Buffer.buffer(body));
  }
}
