package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hostile Actions, one after the other, while a good profile of another tenant is exchanged without
 * a pause at the same node: one guest process and its spare, as in quickstart.
 */
@DisplayName("Hostile Actions beside a good one")
@TestMethodOrder(OrderAnnotation.class)
@Isolated("it measures")
class HostileSuiteIT {
  private static final long ACTION_TIMEOUT_MS = 1200;
  private static final long BREAKER_PAUSE_MS = 1000;

  /** What the contract allows beyond the Action's own deadline. */
  private static final long GRACE_MS = 2000;

  private static TestNode node;
  private static GoodTraffic traffic;
  private static Set<Long> guestsBefore;

  @BeforeAll
  static void start() {
    guestsBefore = guests();
    node =
        TestNode.start(
            Map.of(
                "actions.timeout-ms",
                Long.toString(ACTION_TIMEOUT_MS),
                "actions.kill-grace-ms",
                "300",
                "actions.breaker-failures",
                "3",
                "actions.breaker-pause-ms",
                Long.toString(BREAKER_PAUSE_MS)));
    awaitSpare();
    traffic = GoodTraffic.start(node);
    traffic.measureQuiet();
  }

  @AfterAll
  static void stop() {
    traffic.close();
    node.close();
  }

  private static Set<Long> guests() {
    Set<Long> pids = new HashSet<>();
    ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("GuestMain"))
        .forEach(child -> pids.add(child.pid()));
    return pids;
  }

  private static void awaitSpare() {
    await()
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> TokenRequest.get(node.ops() + "health/ready").response().body(),
            health -> health.contains("\"spare\":true") && health.contains("\"cold\":0"));
  }

  private static String outcome(Answer answer) {
    return answer.status() == 200 ? HostileCase.GRANTED : answer.error();
  }

  private static void assertThatTheSameActionServes() {
    for (int i = 0; i < 2; i++) {
      Answer answer = TokenRequest.running(node, TokenRequest.SET_JANE).post();
      assertThat(outcome(answer)).isEqualTo(HostileCase.GRANTED);
    }
  }

  static Stream<HostileCase> cases() {
    return HostileCase.all();
  }

  @Order(1)
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  @DisplayName("§3.1, §4.3 are answered as the contract says, in their time plus 2 s")
  void endInTime(HostileCase hostile) {
    awaitSpare();
    long startedAt = System.nanoTime();

    Answer answer = TokenRequest.running(node, hostile.code()).post();

    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt);
    assertThat(outcome(answer)).isIn((Object[]) hostile.answer().split("\\|"));
    assertThat(tookMs).isLessThan(ACTION_TIMEOUT_MS + GRACE_MS);
    awaitSpare();
    // Also keeps the breaker from opening: the Action does not fail in half of its runs.
    assertThatTheSameActionServes();
  }

  @Order(2)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "globalThis.left = 1; //'left' in globalThis",
        "Object.prototype.left = 1; //'left' in globalThis",
        "Array.prototype.map = () => 'left'; //[1].map(x => x) === 'left'",
        "JSON.parse = () => 'left'; //JSON.parse('1') === 'left'",
        "const t = Promise.prototype.then; Promise.prototype.then = function (...a) {"
            + " return t.apply(this, a); }; //!/native/.test(String(Promise.prototype.then))",
        "Map.prototype.get = () => 'left'; //new Map().get(1) === 'left'",
        "globalThis.fetch = () => 'left'; //fetch() === 'left'",
        "delete globalThis.URL; //!('URL' in globalThis)",
        "Object.freeze(Array.prototype); //Object.isFrozen(Array.prototype)"
      })
  @DisplayName("leave nothing in globals and prototypes for the next run")
  void leaveNothing(String pollution) {
    String[] parts = pollution.split("//");
    assertThat(outcome(TokenRequest.running(node, TokenRequest.SET_JANE + parts[0]).post()))
        .isEqualTo(HostileCase.GRANTED);

    for (int i = 0; i < 4; i++) {
      String check = "api.access.deny('seen', String(" + parts[1] + "));";
      TokenRequest request = TokenRequest.running(node, check);
      assertThat(outcome(request.post()))
          .as(() -> node.logs(request.userAgent()).toString())
          .isEqualTo("400 seen: false");
    }
  }

  @Test
  @Order(3)
  @DisplayName("the good one goes on when its guest process is killed under it")
  void survivesTheEndOfAProcess() {
    awaitSpare();
    double killed = node.metric("cambio_guest_ended_total", "reason=\"killed\"");
    Set<Long> ours = guests();
    ours.removeAll(guestsBefore);

    // The one that serves has been there longer than the spare.
    ours.stream()
        .min(Comparator.naturalOrder())
        .flatMap(ProcessHandle::of)
        .ifPresent(ProcessHandle::destroyForcibly);

    await().until(() -> node.metric("cambio_guest_ended_total", "reason=\"killed\"") > killed);
    awaitSpare();
  }

  @Test
  @Order(4)
  @DisplayName("§4.3 a version that keeps breaking its budget is refused at once, for a while")
  void isPaused() throws Exception {
    double openings = node.metric("cambio_action_breaker_openings_total", "");
    TokenRequest last = parameterised("while (true) {}");
    for (int i = 0; i < 3; i++) {
      awaitSpare();
      last = parameterised("while (true) {}");
      assertThat(outcome(last.post())).isEqualTo(HostileCase.FAILED);
    }

    List<ObjectNode> logs = node.logs(last.userAgent());
    assertThat(logs)
        .extracting(entry -> entry.path("details").path("error_class").asText())
        .contains("action_timeout", "rate_limited");
    assertThat(node.metric("cambio_action_breaker_openings_total", "")).isEqualTo(openings + 1);
    assertThat(node.metric("cambio_action_breaker_open", "")).isEqualTo(1);

    TokenRequest refused = parameterised(TokenRequest.SET_JANE);
    long startedAt = System.nanoTime();
    assertThat(outcome(refused.post())).isEqualTo(HostileCase.FAILED);
    assertThat(System.nanoTime() - startedAt)
        .isLessThan(TimeUnit.MILLISECONDS.toNanos(ACTION_TIMEOUT_MS));
    assertThat(node.logs(refused.userAgent()))
        .extracting(entry -> entry.path("type").asText())
        .containsExactly("fecte");
    assertThatTheSameActionServes();

    await()
        .atMost(Duration.ofMillis(10 * BREAKER_PAUSE_MS))
        .until(() -> parameterised(TokenRequest.SET_JANE).post().status() == 200);
    assertThat(outcome(parameterised(TokenRequest.SET_JANE).post())).isEqualTo(HostileCase.GRANTED);
    assertThat(node.metric("cambio_action_breaker_open", "")).isZero();
  }

  private static TokenRequest parameterised(String code) {
    return TokenRequest.running(node, "any")
        .with("subject_token_type", "urn:contract:any-token")
        .with("action", code);
  }

  @Test
  @Order(5)
  @DisplayName("the good one has not failed once, and keeps its pace")
  void theGoodOneKeepsItsPace() {
    traffic.close();

    assertThat(traffic.failures()).isEmpty();
    traffic.requirePace();
    assertThat(node.metric("cambio_exchanges_total", "outcome=\"granted\"")).isPositive();
    assertThat(node.metric("cambio_action_runs_total", "action=\"partner-token\"")).isPositive();
    assertThat(node.metric("cambio_guest_started_total", "")).isPositive();
  }
}
