package dev.cambio.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.load.Drain;
import dev.cambio.gateway.load.HeapHeadroom;
import dev.cambio.gateway.load.HeapHeadroom.Reading;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EntranceTest {
  private Reading reading = new Reading(1, 10, 10, 100);
  private final HeapHeadroom headroom = new HeapHeadroom(85, () -> reading, () -> {});
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port =
      vertx
          .createHttpServer()
          .requestHandler(
              new Entrance(
                  vertx,
                  headroom,
                  new Drain(Duration.ZERO),
                  request -> request.response().end("routed")))
          .listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .join()
          .actualPort();

  @AfterEach
  void stop() {
    client.close();
    headroom.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private HttpResponse<String> post(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .POST(HttpRequest.BodyPublishers.ofString("body"))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  @DisplayName("while the heap is short every request is 503 in its API's form, and only then")
  void shortOfHeap() throws Exception {
    assertThat(post("/oauth/token").body()).isEqualTo("routed");

    reading = new Reading(2, 90, 95, 100);
    headroom.look();

    HttpResponse<String> refused = post("/oauth/token");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("\"error\":\"temporarily_unavailable\"");
    assertThat(refused.headers().firstValue("Retry-After")).contains("1");
    assertThat(refused.headers().firstValue("Cache-Control")).contains("no-store");
    HttpResponse<String> management = post("/api/v2/clients");
    assertThat(management.statusCode()).isEqualTo(503);
    assertThat(management.body()).contains("\"statusCode\":503");
    assertThat(management.headers().firstValue("Retry-After")).contains("1");

    reading = new Reading(3, 40, 45, 100);
    headroom.look();

    assertThat(post("/oauth/token").body()).isEqualTo("routed");
  }
}
