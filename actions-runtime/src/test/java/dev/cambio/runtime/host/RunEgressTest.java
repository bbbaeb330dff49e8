package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.ActionTrial.Fetching;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.RecordedFetch;
import dev.cambio.model.action.TrialTrace;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import dev.cambio.model.net.EgressPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunEgressTest {
  private static final EgressLimits LIMITS =
      new EgressLimits(4, 2, 5, Duration.ofSeconds(5), 10, 1000, 8192, 1000);
  private static final Duration LEFT = Duration.ofSeconds(5);

  private final List<String> answers = new ArrayList<>();
  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private RunEgress egress(@Nullable ActionTrial trial) {
    // A resolver that never answers keeps requests open.
    HostResolver silent =
        host -> {
          try {
            Thread.sleep(Duration.ofMinutes(1));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return List.of();
        };
    EgressSettings settings =
        new EgressSettings(EgressPolicy.opening(List.of()), LIMITS, Optional.empty());
    ConsoleMask mask =
        ConsoleMask.of(
            new ActionInvocation(
                "e",
                "t",
                Trigger.POST_LOGIN,
                new ActionVersion("a", "a", "v", "h"),
                "{}",
                Map.of("KEY", "a-secret-of-ours"),
                List.of(),
                1000));
    return new RunEgress(
        new ActionFetch(
            vertx, vertx.getOrCreateContext(), settings, new SimpleMeterRegistry(), silent),
        "t",
        trial,
        mask);
  }

  private void fetch(RunEgress egress, int call, String method, String url, @Nullable String body) {
    egress.start(
        call,
        "{\"method\":\"%s\",\"url\":\"%s\"}".formatted(method, url),
        body == null ? null : body.getBytes(StandardCharsets.UTF_8),
        LEFT,
        (ok, head, answered) -> answers.add(told(ok, head, answered)));
  }

  private static String told(boolean ok, String headJson, byte @Nullable [] body) {
    try {
      JsonNode head = Json.parse(headJson);
      return ok
          ? head.path("status").asInt()
              + " "
              + new String(Objects.requireNonNull(body), StandardCharsets.UTF_8)
          : head.path("code").asText() + " " + head.path("message").asText();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<TrialTrace.Egress> requests(RunEgress egress) {
    return Objects.requireNonNull(egress.log()).trace(0).egress();
  }

  private static ActionTrial recorded(String... each) throws Exception {
    List<RecordedFetch> recording = new ArrayList<>();
    for (String json : each) {
      recording.add(Json.read(json, RecordedFetch.class));
    }
    return new ActionTrial(null, null, Fetching.RECORDED, true, recording);
  }

  private static String entry(String method, String url, String more, String body) {
    return """
    {"request":{"method":"%s","url":"%s"%s},"response":{"status":200,"body":"%s"}}
    """
        .formatted(method, url, more, body);
  }

  @Test
  void aRunHasOnlySoManyRequestsOpen() {
    RunEgress egress = egress(null);
    fetch(egress, 1, "GET", "https://a.example/", null);
    fetch(egress, 2, "GET", "https://a.example/", null);
    fetch(egress, 3, "GET", "https://a.example/", null);
    assertThat(answers).containsExactly("EGRESS_LIMIT more than 2 requests at a time");

    egress.cancel(1);
    fetch(egress, 4, "GET", "https://a.example/", null);
    assertThat(answers).hasSize(1);
    egress.close();
  }

  @Test
  void aRequestBodyIsBounded() {
    fetch(egress(null), 1, "POST", "https://a.example/", "eleven byte");

    assertThat(answers).containsExactly("EGRESS_LIMIT the request body is larger than 10 bytes");
  }

  @Test
  void whatIsNoRequestIsRefusedBeforeAnything() {
    RunEgress egress = egress(ActionTrial.LIVE);
    fetch(egress, 1, "GET", "https://user:pw@a.example/", null);

    assertThat(answers).containsExactly("EGRESS_INVALID the URL holds credentials");
    assertThat(requests(egress))
        .containsExactly(new TrialTrace.Egress("?", "?", null, 0, 0, "the URL holds credentials"));
  }

  @Test
  void aRunThatServesKeepsNoLog() {
    assertThat(egress(null).log()).isNull();
  }

  @Test
  void recordedAnswersComeInOrderAndTheLastOneStays() throws Exception {
    RunEgress egress =
        egress(
            recorded(
                entry("GET", "https://a.example/", "", "first"),
                entry("POST", "https://a.example/", ",\"body\":\"x\"", "of x"),
                entry("GET", "https://a.example/", "", "second")));

    fetch(egress, 1, "GET", "https://a.example/", null);
    fetch(egress, 2, "GET", "https://A.example:443/#top", null);
    fetch(egress, 3, "GET", "https://a.example/", null);
    fetch(egress, 4, "POST", "https://a.example/", "x");

    assertThat(answers).containsExactly("200 first", "200 second", "200 second", "200 of x");
  }

  @Test
  void whatIsNotRecordedFailsAndSaysSo() throws Exception {
    RunEgress egress =
        egress(
            recorded(
                entry("POST", "https://a.example/", ",\"body\":\"x\"", "of x"),
                entry("PUT", "https://a.example/", "", "any body")));

    fetch(egress, 1, "POST", "https://a.example/", "y");
    fetch(egress, 2, "GET", "https://a.example/?key=a-secret-of-ours", null);
    fetch(egress, 3, "PUT", "https://a.example/", "z");

    assertThat(answers)
        .containsExactly(
            "EGRESS_UNRECORDED there is no recording of POST https://a.example/",
            "EGRESS_UNRECORDED there is no recording of GET https://a.example/?key=[redacted]",
            "200 any body");
    assertThat(requests(egress))
        .extracting(TrialTrace.Egress::url)
        .containsExactly(
            "https://a.example/", "https://a.example/?key=[redacted]", "https://a.example/");
  }

  @Test
  void replayedRequestsCountAsRealOnesDo() throws Exception {
    RunEgress egress = egress(recorded(entry("GET", "https://a.example/", "", "ok")));
    for (int call = 0; call < 5; call++) {
      fetch(egress, call, "GET", "https://a.example/", null);
    }

    assertThat(answers)
        .hasSize(5)
        .endsWith("200 ok", "EGRESS_LIMIT more than 4 requests in one run");
  }

  @Test
  void aRecordedFailureFailsAgain() throws Exception {
    RunEgress egress =
        egress(
            recorded(
                """
                {"request":{"method":"GET","url":"https://a.example/"},
                 "error":{"code":"ECONNREFUSED","message":"the connection was refused"}}
                """));
    fetch(egress, 1, "GET", "https://a.example/", null);

    assertThat(answers).containsExactly("ECONNREFUSED the connection was refused");
  }

  @Test
  void aTrialMayAllowNoRequestAtAll() {
    fetch(
        egress(new ActionTrial(null, null, Fetching.NONE, false, List.of())),
        1,
        "GET",
        "https://a.example/",
        null);

    assertThat(answers)
        .containsExactly("EGRESS_UNRECORDED there is no recording of GET https://a.example/");
  }
}
