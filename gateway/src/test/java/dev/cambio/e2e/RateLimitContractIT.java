package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.e2e.ClusterFixture.Member;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.gateway.AdjustableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §12: rate limits of two nodes")
class RateLimitContractIT {
  private static final int REQUESTS = 10;
  private static final int EXCHANGES = 4;
  private static final int ON_BEHALF_OF = 2;
  private static final String REFUSED =
      "429 too_many_requests: Too many requests. Check the X-RateLimit-Limit,"
          + " X-RateLimit-Remaining and X-RateLimit-Reset headers.";

  /** Stands still, so that buckets fill only when a test says so. */
  private static final AdjustableClock CLOCK =
      new AdjustableClock(Instant.parse("2030-01-01T00:00:00Z"));

  private static ClusterFixture cluster;
  private static Member second;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> settings =
        Map.of(
            "limits.requests-per-second", Integer.toString(REQUESTS),
            "limits.exchanges-per-second", Integer.toString(EXCHANGES),
            "limits.on-behalf-of-per-second", Integer.toString(ON_BEHALF_OF));
    cluster = ClusterFixture.start(settings, CLOCK);
    second = cluster.join("gateway", settings);
    cluster.shareTenantWith(second);
  }

  @AfterAll
  static void stop() throws Exception {
    second.close();
    cluster.close();
  }

  /** Fills the buckets, and has the log forget that it was told. */
  @BeforeEach
  void calm() {
    CLOCK.advance(Duration.ofMinutes(2));
  }

  private static TokenRequest exchange(String issuer) {
    return TokenRequest.quickstart(issuer, "urn:nobody:knows", "token");
  }

  private static TokenRequest clientCredentials(String issuer) {
    return exchange(issuer).with("grant_type", "client_credentials").with("client_secret", "wrong");
  }

  private static List<Integer> statuses(List<Answer> answers) {
    return answers.stream().map(Answer::status).toList();
  }

  private static List<String> types() {
    return cluster.column(
        "select type from tenant_log where date > ? order by seq",
        CLOCK.instant().minusSeconds(60).atOffset(ZoneOffset.UTC));
  }

  @Test
  @DisplayName("§12 On-Behalf-Of has a limit of its own, which leaves other exchanges theirs")
  void onBehalfOf() {
    TokenRequest request =
        exchange(cluster.issuer())
            .with("subject_token_type", OnBehalfOfContractIT.ACCESS_TOKEN)
            .with("requested_token_type", OnBehalfOfContractIT.ACCESS_TOKEN);

    List<Answer> answers =
        IntStream.range(0, ON_BEHALF_OF + 1).mapToObj(i -> request.post()).toList();

    assertThat(statuses(answers)).containsExactly(403, 403, 429);
    assertThat(answers.getLast().header("X-RateLimit-Limit")).isEqualTo("2");
    assertThat(exchange(cluster.issuer()).post().status()).isEqualTo(400);
  }

  @Test
  @DisplayName("§12 as many exchanges as the limit at once, then 429; nodes count together")
  void exchanges() {
    List<Answer> answers =
        IntStream.range(0, EXCHANGES + 2)
            .mapToObj(
                i -> exchange(i % 2 == 0 ? cluster.issuer() : ClusterFixture.issuer(second)).post())
            .toList();

    assertThat(statuses(answers)).containsExactly(400, 400, 400, 400, 429, 429);
    Answer refused = answers.getLast();
    assertThat(refused.error()).isEqualTo(REFUSED);
    assertThat(refused.header("X-RateLimit-Limit")).isEqualTo("4");
    assertThat(refused.header("X-RateLimit-Remaining")).isEqualTo("0");
    assertThat(Long.parseLong(refused.header("X-RateLimit-Reset")))
        .isEqualTo(CLOCK.instant().getEpochSecond() + 1);
    assertThat(refused.header("Retry-After")).isEqualTo("1");
  }

  @Test
  @DisplayName("§12 the bucket fills evenly, up to its size")
  void refills() {
    IntStream.range(0, EXCHANGES).forEach(i -> exchange(cluster.issuer()).post());
    assertThat(exchange(cluster.issuer()).post().status()).isEqualTo(429);

    CLOCK.advance(Duration.ofMillis(1000 / EXCHANGES));
    assertThat(exchange(cluster.issuer()).post().status()).isEqualTo(400);
    assertThat(exchange(cluster.issuer()).post().status()).isEqualTo(429);
  }

  @Test
  @DisplayName("§3, §12 the tenant's own limit comes first and holds for every grant")
  void requests() {
    List<Answer> answers =
        IntStream.range(0, REQUESTS + 1)
            .mapToObj(i -> clientCredentials(cluster.issuer()).post())
            .toList();

    assertThat(statuses(answers.subList(0, REQUESTS))).containsOnly(401);
    assertThat(answers.getLast().error()).isEqualTo(REFUSED);
    assertThat(answers.getLast().header("X-RateLimit-Limit")).isEqualTo("10");
    assertThat(exchange(cluster.issuer()).post().header("X-RateLimit-Limit")).isEqualTo("10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"oauth/revoke", "oauth/introspect", "mfa/associate", "mfa/challenge"})
  @DisplayName("§12 the tenant's own limit holds for its other endpoints too, and is logged")
  void otherEndpoints(String path) {
    List<Answer> answers =
        IntStream.range(0, REQUESTS + 1)
            .mapToObj(i -> clientCredentials(cluster.issuer()).postTo(path))
            .toList();

    assertThat(statuses(answers.subList(0, REQUESTS))).isSubsetOf(400, 401);
    assertThat(answers.getLast().error()).isEqualTo(REFUSED);
    assertThat(answers.getLast().header("X-RateLimit-Limit")).isEqualTo("10");
    assertThat(types()).contains("api_limit");
  }

  @Test
  @DisplayName("§12 success says what is left")
  void headers() {
    Answer answer =
        TokenRequest.quickstart(cluster.issuer(), "x", "x")
            .with("grant_type", "client_credentials")
            .with("client_id", "quickstart-admin")
            .with("client_secret", "quickstart-admin-secret-0123456789abcdef")
            .with("audience", cluster.issuer() + "api/v2/")
            .post();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("10");
    assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo("9");
  }

  @Test
  @DisplayName(
      "§10.1, §12 the log is warned, then told, once a minute; what is refused has no fecte")
  void logs() {
    IntStream.range(0, EXCHANGES + 3).forEach(i -> exchange(cluster.issuer()).post());

    assertThat(types())
        .containsExactly("fecte", "fecte", "fecte", "api_limit_warning", "fecte", "api_limit");
  }
}
