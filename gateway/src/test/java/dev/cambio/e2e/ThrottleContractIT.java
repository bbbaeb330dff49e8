package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cambio.e2e.TokenRequest.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Suspicious-IP throttling, contract token-endpoint §9")
class ThrottleContractIT {
  private static final String REJECT = "api.access.rejectInvalidSubjectToken('forged')";
  private static final String BLOCKED =
      "429 too_many_attempts: We have detected suspicious login behavior and further attempts will"
          + " be blocked. Please contact the administrator.";
  private static final int ATTEMPTS = 10;
  private static final String PAUSE = "await new Promise(resume => setTimeout(resume, %d));";

  private static TokenRequest from(String ip, String code) {
    return TokenRequest.running(code).client("proxy").header("auth0-forwarded-for", ip);
  }

  private static List<Integer> reject(String ip, int times) {
    return IntStream.range(0, times).mapToObj(i -> from(ip, REJECT).post().status()).toList();
  }

  @Test
  @DisplayName("§9 the tenth rejected token still gets its 400, then the address gets 429")
  void blocks() {
    assertThat(reject("198.51.100.1", ATTEMPTS)).containsOnly(400);

    Answer refused = from("198.51.100.1", TokenRequest.SET_JANE).post();

    assertThat(refused.error()).isEqualTo(BLOCKED);
    assertThat(Long.parseLong(refused.header("Retry-After"))).isBetween(1L, 600L);
    assertThat(
            from("198.51.100.1", TokenRequest.SET_JANE)
                .with("subject_token_type", "https://contract.example/scripted")
                .post()
                .status())
        .isEqualTo(429);
    assertThat(from("198.51.100.2", TokenRequest.SET_JANE).post().status()).isEqualTo(200);
  }

  @Test
  @DisplayName("§9 behind a proxy the caller that was refused is blocked, and no other")
  void behindProxy() {
    for (int i = 0; i < ATTEMPTS; i++) {
      assertThat(proxied("198.51.100.21", REJECT).post().status()).isEqualTo(400);
    }

    assertThat(proxied("198.51.100.21", TokenRequest.SET_JANE).post().error()).isEqualTo(BLOCKED);
    assertThat(proxied("198.51.100.22", TokenRequest.SET_JANE).post().status()).isEqualTo(200);
    // It cannot shift the blame, nor wash itself clean.
    assertThat(proxied("198.51.100.22, 198.51.100.21", TokenRequest.SET_JANE).post().error())
        .isEqualTo(BLOCKED);
  }

  private static TokenRequest proxied(String forwardedFor, String code) {
    return TokenRequest.running(code).proxied().header("X-Forwarded-For", forwardedFor);
  }

  @Test
  @DisplayName("§9 success, deny, throws and malformed requests take no attempt")
  void countsOnlyRejections() {
    for (int i = 0; i < ATTEMPTS; i++) {
      from("198.51.100.3", TokenRequest.SET_JANE).post();
      from("198.51.100.3", "api.access.deny('invalid_request', 'no')").post();
      from("198.51.100.3", "throw new Error('x')").post();
      from("198.51.100.3", REJECT).with("subject_token_type", "urn:contract:unknown").post();
      from("198.51.100.3", REJECT).with("client_secret", "wrong").post();
    }

    assertThat(from("198.51.100.3", TokenRequest.SET_JANE).post().status()).isEqualTo(200);
  }

  @Test
  @DisplayName("§3.1 a rejection after a deny still takes an attempt")
  void countsRejectionsAfterDeny() {
    for (int i = 0; i < ATTEMPTS; i++) {
      from("198.51.100.4", "api.access.deny('nope', 'no');" + REJECT).post();
    }

    assertThat(from("198.51.100.4", TokenRequest.SET_JANE).post().error()).isEqualTo(BLOCKED);
  }

  @Test
  @DisplayName("§9 addresses on the allowlist are not counted")
  void honoursAllowlist() {
    assertThat(reject("203.0.113.77", ATTEMPTS + 1)).containsOnly(400);
  }

  @Test
  @DisplayName("§9 IPv6 addresses count by their /64")
  void countsNetworks() {
    for (int i = 0; i < ATTEMPTS; i++) {
      from("2001:db8:1:2::" + (i + 1), REJECT).post();
    }

    assertThat(from("2001:db8:1:2:ffff::9", TokenRequest.SET_JANE).post().error())
        .isEqualTo(BLOCKED);
    assertThat(from("2001:db8:1:3::1", TokenRequest.SET_JANE).post().status()).isEqualTo(200);
  }

  @Test
  @DisplayName("§9 limit_mu is logged once when the block starts, fecte for each refused request")
  void logs() {
    List<TokenRequest> requests =
        IntStream.range(0, ATTEMPTS + 2).mapToObj(i -> from("198.51.100.5", REJECT)).toList();
    requests.forEach(TokenRequest::post);

    assertThat(requests.stream().map(ThrottleContractIT::logged).toList())
        .startsWith(List.of("fecte"))
        .endsWith(List.of("limit_mu", "fecte"), List.of("fecte"), List.of("fecte"))
        .satisfies(
            all ->
                assertThat(all.stream().flatMap(List::stream).filter("limit_mu"::equals))
                    .hasSize(1));
  }

  @Test
  @DisplayName("§9 of 24 rejections at once, ten are told: 400, and 14 are refused: 429")
  void tellsNoMoreThanAreLeft() throws Exception {
    List<Integer> statuses =
        atOnce(24, () -> from("198.51.100.6", PAUSE.formatted(100) + REJECT).post().status());

    assertThat(statuses.stream().filter(status -> status == 400)).hasSize(ATTEMPTS);
    assertThat(statuses.stream().filter(status -> status == 429)).hasSize(24 - ATTEMPTS);
  }

  @Test
  @DisplayName("§9 24 good exchanges at once from one address all succeed")
  void holdsNobodyUp() throws Exception {
    assertThat(atOnce(24, () -> from("198.51.100.7", TokenRequest.SET_JANE).post().status()))
        .containsOnly(200);
  }

  @Test
  @DisplayName("§9 whose exchange is under way when the last attempt goes is not told how it ends")
  void tellsNothingAfterTheLastAttempt() throws Exception {
    String held =
        "api.cache.set('begun', '1'); while (!api.cache.get('go')) " + PAUSE.formatted(50);
    assertThat(reject("198.51.100.8", ATTEMPTS - 1)).containsOnly(400);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> slow =
          threads.submit(() -> from("198.51.100.8", held + TokenRequest.SET_JANE).post());
      await().until(() -> elsewhere("if (api.cache.get('begun')) ") == 200);
      assertThat(reject("198.51.100.8", 1)).containsOnly(400);
      assertThat(elsewhere("api.cache.set('go', '1');")).isEqualTo(200);

      assertThat(slow.get().error()).isEqualTo(BLOCKED);
    }
  }

  private static int elsewhere(String code) {
    return from("198.51.100.9", code + TokenRequest.SET_JANE).post().status();
  }

  private static List<Integer> atOnce(int times, Callable<Integer> exchange) throws Exception {
    List<Integer> statuses = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> status : threads.invokeAll(Collections.nCopies(times, exchange))) {
        statuses.add(status.get());
      }
    }
    return statuses;
  }

  private static List<String> logged(TokenRequest request) {
    return TestNode.shared().logs(request.userAgent()).stream()
        .map(entry -> entry.path("type").asText())
        .toList();
  }
}
