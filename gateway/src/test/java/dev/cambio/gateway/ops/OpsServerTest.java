package dev.cambio.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpsServerTest {
  private static final String STARTING =
      "{\"status\":\"DOWN\",\"reason\":\"starting\",\"checks\":{}}";

  private final Vertx vertx = Vertx.vertx();
  private final OpsServer ops =
      OpsServer.start(vertx, new OpsSettings("127.0.0.1", 0), () -> "a_number 1\n");
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void livesAsSoonAsItListens() throws Exception {
    assertAnswer("GET", "/health/live", 200, "{\"status\":\"UP\"}");
  }

  @Test
  void isReadyOnlyWhileServing() throws Exception {
    assertAnswer("GET", "/health/ready", 503, STARTING);

    ops.serving();

    assertAnswer("GET", "/health/ready", 200, "{\"status\":\"UP\",\"checks\":{}}");

    ops.draining();

    assertAnswer(
        "GET", "/health/ready", 503, "{\"status\":\"DOWN\",\"reason\":\"draining\",\"checks\":{}}");
  }

  @Test
  void oneBadPartMakesItNotReady() throws Exception {
    ops.serving();
    ops.add(HealthCheck.of("cluster", () -> new Health(true, Map.of("members", 1))));
    ops.add(new HealthCheck("database", () -> Future.failedFuture("gone")));
    ops.add(
        HealthCheck.of(
            "actions",
            () -> {
              throw new IllegalStateException("broken");
            }));

    assertAnswer(
        "GET",
        "/health/ready",
        503,
        "{\"status\":\"DOWN\",\"checks\":{\"cluster\":{\"status\":\"UP\",\"members\":1},"
            + "\"database\":{\"status\":\"DOWN\",\"reason\":\"gone\"},"
            + "\"actions\":{\"status\":\"DOWN\",\"reason\":\"broken\"}}}");
  }

  @Test
  void aPartThatDoesNotAnswerIsDown() throws Exception {
    ops.serving();
    ops.add(new HealthCheck("database", () -> Promise.<Health>promise().future()));

    assertAnswer(
        "GET",
        "/health/ready",
        503,
        "{\"status\":\"DOWN\",\"checks\":{\"database\":{\"status\":\"DOWN\","
            + "\"reason\":\"no answer within 2000 ms\"}}}");
  }

  @Test
  void tellsNumbers() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ops.port() + "/metrics")).build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body()).isEqualTo("a_number 1\n");
  }

  @Test
  void knowsNothingElse() throws Exception {
    assertAnswer("GET", "/metric", 404, "{\"error\":\"not_found\"}");
    assertAnswer("POST", "/health/live", 405, "{\"error\":\"method_not_allowed\"}");
  }

  private void assertAnswer(String method, String path, int status, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ops.port() + path))
            .method(method, BodyPublishers.noBody())
            .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(new JsonObject(response.body())).isEqualTo(new JsonObject(body));
  }
}
