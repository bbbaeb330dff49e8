package dev.cambio.stream;

import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.ClusterFixture;
import dev.cambio.e2e.ClusterFixture.Member;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator;
import dev.cambio.management.Administrator.Response;
import dev.cambio.model.bus.Json;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Log streams of two nodes, contract management-api §2.12")
class LogStreamDeliveryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final SelfSignedCertificate CERTIFICATE =
      SelfSignedCertificate.create("localhost");
  private static final SelfSignedCertificate STRANGE = SelfSignedCertificate.create("localhost");

  private static WebhookReceiver receiver;
  private static ClusterFixture cluster;
  private static Member second;
  private static Path files;
  private static Administrator admin;

  private final String path = "/" + unique("hook");

  @BeforeAll
  static void start() throws IOException {
    files = Files.createTempDirectory("cambio-logs");
    Map<String, String> settings =
        Map.of(
            "logs.webhook-allow", "127.0.0.0/8,::1/128",
            "logs.webhook-ca-file", CERTIFICATE.certificatePath(),
            "logs.webhook-attempts", "3",
            "logs.webhook-backoff-ms", "20",
            "logs.file-directory", files.toString());
    receiver = new WebhookReceiver(CERTIFICATE);
    cluster = ClusterFixture.start(settings);
    second = cluster.join("gateway", settings);
    admin = Administrator.at("http://localhost:" + second.node().httpPort() + "/");
  }

  @AfterAll
  static void stop() throws IOException {
    second.close();
    cluster.close();
    receiver.close();
    CERTIFICATE.delete();
    STRANGE.delete();
  }

  private static void await(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("still not: %s", what).isLessThan(deadline);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private String stream(String more) {
    return stream(receiver.url(path), more);
  }

  private static String stream(String endpoint, String more) {
    Response created =
        admin.post(
            "/log-streams",
            "{'name':'test','type':'http','sink':{'httpEndpoint':'" + endpoint + "'" + more + "}");
    assertThat(created.status()).as(created.message()).isEqualTo(200);
    return "/log-streams/" + created.body().path("id").asText();
  }

  /** Changes something, which is an entry of the log. */
  private static String change() {
    String name = unique("change");
    assertThat(admin.post("/resource-servers", "{'identifier':'" + name + "'}").status())
        .isEqualTo(201);
    return name;
  }

  private static List<String> ids(List<JsonNode> entries) {
    return entries.stream().map(entry -> entry.path("log_id").asText()).toList();
  }

  private static long changes(List<JsonNode> entries) {
    return entries.stream()
        .filter(entry -> entry.at("/data/description").asText().equals("createResourceServer"))
        .count();
  }

  @Test
  @DisplayName("§2.12 every entry arrives once, in order, with the configured headers")
  void deliversOnceInOrder() {
    String stream =
        stream(
            ",'httpAuthorization':'Bearer abc',"
                + "'httpCustomHeaders':[{'header':'X-Test','value':'v'}]},"
                + "'filters':[{'type':'category','name':'management.success'}]");
    for (int i = 0; i < 230; i++) {
      change();
    }

    await(() -> changes(receiver.entries(path)) >= 230, "230 entries");

    List<JsonNode> entries = receiver.entries(path);
    assertThat(ids(entries)).doesNotHaveDuplicates().isSorted();
    assertThat(changes(entries)).isEqualTo(230);
    assertThat(entries.getFirst().path("data").path("type").asText()).isEqualTo("sapi");
    assertThat(receiver.requests(path))
        .allSatisfy(
            request -> {
              assertThat(request.headers().get("Authorization")).isEqualTo("Bearer abc");
              assertThat(request.headers().get("X-Test")).isEqualTo("v");
              assertThat(request.headers().get("Content-Type")).isEqualTo("application/json");
              assertThat(request.entries()).hasSizeLessThanOrEqualTo(100);
            });
    assertThat(admin.get(stream).body().path("dead_letters").asInt()).isZero();
    admin.delete(stream);
  }

  @Test
  @DisplayName("§2.12 lines and objects are other forms of the same")
  void knowsOtherFormats() throws IOException {
    String lines = stream(receiver.url(path + "/lines"), ",'httpContentFormat':'JSONLINES'}");
    String object = stream(receiver.url(path + "/object"), ",'httpContentFormat':'JSONOBJECT'}");
    change();

    await(() -> !receiver.requests(path + "/lines").isEmpty(), "lines");
    await(() -> !receiver.requests(path + "/object").isEmpty(), "an object");

    String body = receiver.requests(path + "/lines").getFirst().body();
    for (String line : body.strip().split("\n")) {
      assertThat(Json.parse(line).path("data").path("type").asText()).isNotEmpty();
    }
    assertThat(
            Json.parse(receiver.requests(path + "/object").getFirst().body())
                .path("logs")
                .path(0)
                .path("log_id")
                .asText())
        .isNotEmpty();
    admin.delete(lines);
    admin.delete(object);
  }

  @Test
  @DisplayName("§2.12 only entries of the chosen categories are sent")
  void filters() {
    String stream = stream("},'filters':[{'type':'category','name':'auth.token_exchange.fail'}]");
    change();
    assertThat(cluster.exchangeAt(second).status()).isNotEqualTo(200);

    await(() -> !receiver.entries(path).isEmpty(), "an entry");

    assertThat(receiver.entries(path))
        .allMatch(entry -> entry.path("data").path("type").asText().startsWith("fe"));
    admin.delete(stream);
  }

  @Test
  @DisplayName("§2.12 a receiver that fails for a while loses nothing")
  void retries() {
    receiver.on(
        path, (number, request) -> request.response().setStatusCode(number < 2 ? 503 : 200).end());
    String stream = stream("}");
    change();

    await(() -> receiver.requests(path).size() >= 3, "a third attempt");
    await(() -> !admin.get(stream).body().has("last_error"), "success");

    assertThat(ids(receiver.requests(path).get(2).entries()))
        .containsAll(ids(receiver.requests(path).getFirst().entries()));
    assertThat(admin.get(stream).body().path("dead_letters").asInt()).isZero();
    admin.delete(stream);
  }

  @Test
  @DisplayName("§2.12 Retry-After of a busy receiver is honoured")
  void waitsAsAsked() {
    receiver.on(
        path,
        (number, request) -> {
          request.response().putHeader("Retry-After", "3");
          request.response().setStatusCode(number == 0 ? 429 : 200).end();
        });
    String stream = stream("}");
    change();

    await(() -> receiver.requests(path).size() >= 2, "a second attempt");

    long between = receiver.requests(path).get(1).nanos() - receiver.requests(path).get(0).nanos();
    assertThat(Duration.ofNanos(between)).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
    admin.delete(stream);
  }

  @Test
  @DisplayName("§2.12 what a receiver refuses is counted as dead letters, and later entries go on")
  void givesUpRefused() {
    receiver.on(
        path, (number, request) -> request.response().setStatusCode(number == 0 ? 400 : 200).end());
    String stream = stream("}");
    change();
    await(() -> admin.get(stream).body().path("dead_letters").asInt() > 0, "a dead letter");
    assertThat(admin.get(stream).body().path("last_error").asText())
        .isEqualTo("the receiver answered 400");

    change();

    await(() -> receiver.requests(path).size() >= 2, "a second batch");
    assertThat(ids(receiver.requests(path).get(1).entries()))
        .doesNotContainAnyElementsOf(ids(receiver.requests(path).getFirst().entries()));
    assertThat(admin.get(stream).body().path("status").asText()).isEqualTo("active");
    admin.delete(stream);
  }

  @Test
  @DisplayName("§2.12 after the last attempt a batch is given up")
  void givesUpAfterAttempts() {
    receiver.on(path, (number, request) -> request.response().setStatusCode(500).end());
    String stream = stream("}");
    change();

    await(() -> admin.get(stream).body().path("dead_letters").asInt() > 0, "a dead letter");

    assertThat(receiver.requests(path)).hasSizeGreaterThanOrEqualTo(3);
    admin.delete(stream);
  }

  @Test
  @DisplayName("§2.12 redirects are not followed")
  void followsNoRedirects() {
    receiver.on(
        path,
        (number, request) ->
            request
                .response()
                .setStatusCode(307)
                .putHeader("Location", receiver.url(path + "/elsewhere"))
                .end());
    String stream = stream("}");
    change();

    await(() -> admin.get(stream).body().path("dead_letters").asInt() > 0, "a dead letter");

    assertThat(receiver.requests(path + "/elsewhere")).isEmpty();
    admin.delete(stream);
  }

  @Test
  @DisplayName("§2.12 a receiver that never answers is asked again, and holds up nobody else")
  void survivesSilence() {
    receiver.on(
        path,
        (number, request) -> {
          if (number > 0) {
            request.response().end();
          }
        });
    String silent = stream("}");
    String other = stream(receiver.url(path + "/other"), "}");
    change();

    await(() -> !receiver.requests(path + "/other").isEmpty(), "the other stream");
    assertThat(receiver.requests(path)).hasSizeLessThanOrEqualTo(1);
    await(() -> receiver.requests(path).size() >= 2, "a second attempt");
    admin.delete(silent);
    admin.delete(other);
  }

  @Test
  @DisplayName("§2.12 a stream whose receiver keeps refusing is suspended, and can be resumed")
  void suspends() {
    receiver.on(path, (number, request) -> request.response().setStatusCode(410).end());
    String stream = stream("}");
    await(
        () -> {
          change();
          return admin.get(stream).body().path("status").asText().equals("suspended");
        },
        "suspended");
    long lost = admin.get(stream).body().path("dead_letters").asLong();
    receiver.on(path, (number, request) -> request.response().end());
    change();

    Response resumed = admin.patch(stream, "{'status':'active'}");

    int before = receiver.requests(path).size();
    assertThat(resumed.body().path("status").asText()).isEqualTo("active");
    await(() -> receiver.requests(path).size() > before, "delivery again");
    assertThat(admin.get(stream).body().path("dead_letters").asLong()).isEqualTo(lost);
    admin.delete(stream);
  }

  @Test
  @DisplayName("§2.12 a paused stream waits, and goes on where it was")
  void pauses() {
    String stream = stream("}");
    change();
    await(() -> changes(receiver.entries(path)) >= 1, "the first");
    admin.patch(stream, "{'status':'paused'}");
    String marker = stream(receiver.url(path + "/marker"), "}");
    int before = receiver.requests(path).size();
    change();
    await(() -> changes(receiver.entries(path + "/marker")) >= 1, "another stream");
    assertThat(receiver.requests(path)).hasSize(before);

    admin.patch(stream, "{'status':'active'}");

    await(() -> changes(receiver.entries(path)) >= 2, "the rest");
    assertThat(ids(receiver.entries(path))).doesNotHaveDuplicates().isSorted();
    admin.delete(stream);
    admin.delete(marker);
  }

  @Test
  @DisplayName("§2.12 a certificate that nobody vouches for is not trusted")
  void trustsNoStrangers() {
    try (WebhookReceiver stranger = new WebhookReceiver(STRANGE)) {
      String stream = stream(stranger.url(path), "}");
      change();

      await(() -> admin.get(stream).body().has("last_error"), "an error");

      assertThat(stranger.requests(path)).isEmpty();
      admin.delete(stream);
    }
  }

  @Test
  @DisplayName("§2.12 addresses that are not public are refused unless they are opened")
  void refusesPrivateAddresses() {
    Administrator closed = Administrator.quickstart();
    String stream =
        "/log-streams/"
            + closed
                .post(
                    "/log-streams",
                    "{'type':'http','sink':{'httpEndpoint':'" + receiver.url(path) + "'}}")
                .body()
                .path("id")
                .asText();
    closed.post("/resource-servers", "{'identifier':'" + unique("change") + "'}");

    await(() -> closed.get(stream).body().has("last_error"), "an error");

    assertThat(closed.get(stream).body().path("last_error").asText()).contains("not public");
    assertThat(receiver.requests(path)).isEmpty();
    assertThat(closed.delete(stream).status()).isEqualTo(204);
    assertThat(TestNode.shared().column("select id from log_stream")).isEmpty();
  }

  @Test
  @DisplayName("§2.12 a stream of type file appends lines below the tenant's directory")
  void writesFiles() throws IOException {
    Response created =
        admin.post(
            "/log-streams",
            "{'type':'file','sink':{'path':'audit/" + path.substring(1) + ".log'}}");
    assertThat(created.status()).as(created.message()).isEqualTo(200);
    change();
    Path file = files.resolve("tenant-quickstart/audit" + path + ".log");

    await(() -> Files.exists(file), "the file");
    change();
    await(
        () ->
            lines(file).stream().filter(line -> line.contains("createResourceServer")).count() == 2,
        "two lines");

    for (String line : lines(file)) {
      assertThat(Json.parse(line).path("log_id").asText()).startsWith("900");
    }
    admin.delete("/log-streams/" + created.body().path("id").asText());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
