package dev.cambio.gateway.ops;

import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.error.Faults;
import dev.cambio.gateway.load.RequestDecoder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Answers {@code /health/live}, {@code /health/ready} and {@code /metrics}. */
public final class OpsServer {
  /** Connections that the port takes at a time. */
  public static final int CONNECTIONS = 64;

  private static final int IDLE_SECONDS = 30;
  private static final Duration HEADER_TIMEOUT = Duration.ofSeconds(5);
  private static final long CHECK_TIMEOUT_MS = 2000;
  private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final List<HealthCheck> checks = new CopyOnWriteArrayList<>();
  private final Supplier<String> metrics;
  private final HttpServer server;
  private volatile Phase phase = Phase.STARTING;

  /** Of the node's life, as far as it answers. */
  private enum Phase {
    STARTING,
    SERVING,
    DRAINING
  }

  private OpsServer(Vertx vertx, OpsSettings settings, Supplier<String> metrics) {
    this.metrics = metrics;
    HttpServerOptions options =
        RequestDecoder.options(settings.host(), settings.port())
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS);
    this.server =
        vertx
            .createHttpServer(options)
            .connectionHandler(
                connection ->
                    RequestDecoder.install(connection, options, HEADER_TIMEOUT, head -> {}))
            .requestHandler(this::handle);
  }

  /**
   * Starts to answer; ready only after {@link #serving}. Blocks. It ends with its Vert.x.
   *
   * @param metrics asked for the text of each scrape
   * @throws StartupException if the port cannot be bound
   */
  public static OpsServer start(Vertx vertx, OpsSettings settings, Supplier<String> metrics) {
    OpsServer ops = new OpsServer(vertx, settings, metrics);
    try {
      ops.server.listen().toCompletionStage().toCompletableFuture().get();
      return ops;
    } catch (ExecutionException e) {
      throw PortCheck.cannotListen("ops.port", settings.host(), settings.port(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted while starting", e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.actualPort();
  }

  public void add(HealthCheck check) {
    checks.add(check);
  }

  /** The node as a whole has started. */
  public void serving() {
    phase = Phase.SERVING;
  }

  /** The node is about to stop. */
  public void draining() {
    phase = Phase.DRAINING;
  }

  private void handle(HttpServerRequest request) {
    if (RequestDecoder.announcesBody(request) || !READING.contains(request.method())) {
      answer(request, 405, new JsonObject().put("error", "method_not_allowed"));
      // Nobody waits for what may follow.
      request.connection().close();
      return;
    }
    switch (String.valueOf(request.path())) {
      case "/health/live" -> answer(request, 200, new JsonObject().put("status", "UP"));
      case "/health/ready" -> ready(request);
      case "/metrics" ->
          request.response().putHeader("Content-Type", Metrics.CONTENT_TYPE).end(metrics.get());
      default -> answer(request, 404, new JsonObject().put("error", "not_found"));
    }
  }

  private void ready(HttpServerRequest request) {
    List<HealthCheck> asked = List.copyOf(checks);
    List<Future<Health>> answers = asked.stream().map(OpsServer::ask).toList();
    Future.join(answers)
        .onComplete(
            done -> {
              JsonObject results = new JsonObject();
              Phase now = phase;
              boolean up = now == Phase.SERVING;
              for (int i = 0; i < asked.size(); i++) {
                Health health = answers.get(i).result();
                up &= health.up();
                JsonObject result = new JsonObject().put("status", status(health.up()));
                health.details().forEach(result::put);
                results.put(asked.get(i).name(), result);
              }
              JsonObject answer = new JsonObject().put("status", status(up));
              if (now != Phase.SERVING) {
                answer.put("reason", now.name().toLowerCase(Locale.ROOT));
              }
              answer(request, up ? 200 : 503, answer.put("checks", results));
            });
  }

  private static Future<Health> ask(HealthCheck check) {
    try {
      return check
          .ask()
          .get()
          .timeout(CHECK_TIMEOUT_MS, TimeUnit.MILLISECONDS)
          .otherwise(OpsServer::down);
    } catch (RuntimeException e) {
      return Future.succeededFuture(down(e));
    }
  }

  private static Health down(Throwable failure) {
    String reason =
        failure instanceof TimeoutException
            ? "no answer within " + CHECK_TIMEOUT_MS + " ms"
            : Faults.reason(failure);
    return new Health(false, Map.of("reason", reason));
  }

  private static String status(boolean up) {
    return up ? "UP" : "DOWN";
  }

  private static void answer(HttpServerRequest request, int status, JsonObject body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(body.toBuffer());
  }
}
