package dev.cambio.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTPS server that takes logs; each path answers as a test wants it to. */
final class WebhookReceiver implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  WebhookReceiver(SelfSignedCertificate certificate) {
    server =
        await(
            vertx
                .createHttpServer(
                    new HttpServerOptions()
                        .setSsl(true)
                        .setHost("127.0.0.1")
                        .setKeyCertOptions(certificate.keyCertOptions()))
                .requestHandler(this::receive)
                .listen(0));
  }

  /** What to do with the request of that number, from 0. */
  interface Behaviour {
    void answer(int number, HttpServerRequest request);
  }

  /** A request. */
  record Received(String path, MultiMap headers, String body, long nanos) {
    List<JsonNode> entries() {
      List<JsonNode> entries = new ArrayList<>();
      try {
        Json.parse(body).forEach(entries::add);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      return entries;
    }
  }

  private void receive(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    request
        .body()
        .onSuccess(
            body -> {
              int number = requests(path).size();
              received.add(
                  new Received(path, request.headers(), body.toString(), System.nanoTime()));
              behaviours
                  .getOrDefault(path, (n, ok) -> ok.response().setStatusCode(204).end())
                  .answer(number, request);
            });
  }

  void on(String path, Behaviour behaviour) {
    behaviours.put(path, behaviour);
  }

  /** Requests of a path, in the order of arrival. */
  List<Received> requests(String path) {
    return received.stream().filter(request -> request.path().equals(path)).toList();
  }

  /** Entries that came in requests of a path, in the order of arrival. */
  List<JsonNode> entries(String path) {
    return requests(path).stream().flatMap(request -> request.entries().stream()).toList();
  }

  String url(String path) {
    return "https://localhost:" + server.actualPort() + path;
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
