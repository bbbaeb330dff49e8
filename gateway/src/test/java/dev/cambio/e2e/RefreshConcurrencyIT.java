package dev.cambio.e2e;

import static dev.cambio.e2e.RefreshTokenContractIT.OFFLINE;
import static dev.cambio.e2e.RefreshTokenContractIT.family;
import static dev.cambio.e2e.RefreshTokenContractIT.refreshToken;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("token-endpoint §7.7: refresh tokens that many use at once")
class RefreshConcurrencyIT {
  private static final int MANY = 50;
  private static final String INVALID = "403 invalid_grant: Unknown or invalid refresh token.";

  /** The answers to the same call, made at once. */
  private static List<Answer> atOnce(int times, Callable<Answer> call) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> calls = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        calls.add(
            executor.submit(
                () -> {
                  start.await();
                  return call.call();
                }));
      }
      start.countDown();
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> each : calls) {
        answers.add(each.get());
      }
      return answers;
    }
  }

  @Test
  @DisplayName(
      "§7.7 of 50 that exchange one rotating token one wins, and the reuse ends the family")
  void oneWins() throws Exception {
    String token = refreshToken("rotating");
    List<TokenRequest> requests =
        Stream.generate(() -> TokenRequest.refreshing("rotating", token)).limit(MANY).toList();
    var next = requests.iterator();

    List<Answer> answers =
        atOnce(
            MANY,
            () -> {
              TokenRequest request;
              synchronized (next) {
                request = next.next();
              }
              return request.post();
            });

    List<Answer> won = answers.stream().filter(answer -> answer.status() == 200).toList();
    assertThat(won).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer.status() != 200).map(Answer::error))
        .hasSize(MANY - 1)
        .containsOnly(INVALID);
    assertThat(requests.stream().flatMap(each -> TestNode.shared().logs(each.userAgent()).stream()))
        .extracting(entry -> entry.path("type").asText())
        .containsOnlyOnce("sertft")
        .containsOnly("sertft", "ferrt")
        .hasSize(MANY);
    assertThat(family(token, "f.counter")).isEqualTo("1");
    assertThat(tokens(token)).isEqualTo("2");
    assertThat(family(token, "revoked_at is not null")).isEqualTo("true");
    String winner = won.getFirst().text("refresh_token");
    assertThat(TokenRequest.refreshing("rotating", winner).post().error()).isEqualTo(INVALID);
  }

  @Test
  @DisplayName(
      "§7.7 within the leeway all 50 get a token of the next generation, and the family lives")
  void leeway() throws Exception {
    String token = refreshToken("lenient");

    List<Answer> answers = atOnce(MANY, () -> TokenRequest.refreshing("lenient", token).post());

    assertThat(answers).extracting(Answer::status).containsOnly(200);
    assertThat(answers.stream().map(answer -> answer.text("refresh_token")).distinct())
        .hasSize(MANY);
    assertThat(family(token, "f.counter")).isEqualTo("1");
    assertThat(tokens(token)).isEqualTo(Integer.toString(MANY + 1));
    String any = answers.getLast().text("refresh_token");
    assertThat(TokenRequest.refreshing("lenient", any).post().status()).isEqualTo(200);
  }

  @Test
  @DisplayName("§7.7 a token that is revoked while 50 exchange it is good for none that come later")
  void revokedMeanwhile() throws Exception {
    String token = refreshToken("refreshing");

    List<Answer> answers =
        atOnce(
            MANY,
            () -> {
              TokenRequest.about(token, "refreshing").postTo("oauth/revoke");
              return TokenRequest.refreshing("refreshing", token).post();
            });

    assertThat(answers).extracting(Answer::error).containsOnly(INVALID);
  }

  @Test
  @DisplayName(
      "§7.7 of one user and client 200 are active at most, the oldest are revoked, exactly")
  void cap() throws Exception {
    String name = Administrator.unique("capped");
    TokenRequest exchange = exchange(name);
    String oldest = refreshToken(exchange);
    fill(oldest, 189);
    String other =
        refreshToken(exchange(name).client("rotating").with("scope", "read offline_access"));

    List<Answer> answers = atOnce(30, () -> exchange(name).post());

    assertThat(answers).extracting(Answer::status).containsOnly(200);
    assertThat(active(name, "refreshing")).isEqualTo("200");
    assertThat(active(name, "rotating")).isEqualTo("1");
    assertThat(TokenRequest.refreshing("refreshing", oldest).post().error()).isEqualTo(INVALID);
    assertThat(TokenRequest.refreshing("rotating", other).post().status()).isEqualTo(200);
    for (Answer answer : answers) {
      assertThat(family(answer.text("refresh_token"), "revoked_at is null")).isEqualTo("true");
    }
  }

  private static TokenRequest exchange(String name) {
    return TokenRequest.running(
            "api.authentication.setUserByConnection('idp', {user_id: '%1$s', email: '%1$s@a.example'},"
                    .formatted(name)
                + " {creationBehavior: 'create_if_not_exists'})")
        .client("refreshing")
        .with("audience", OFFLINE)
        .with("scope", "read offline_access");
  }

  /** More families like that of the token, which need not be exchanged for. */
  private static void fill(String token, int count) {
    TestNode.shared()
        .execute(
            """
            insert into refresh_family
              (tenant_id, id, client_id, user_id, connection_id, resource_server_id, audience,
               scope, rotating, device, created_at)
            select f.tenant_id, f.id || '-' || n, f.client_id, f.user_id, f.connection_id,
                   f.resource_server_id, f.audience, f.scope, f.rotating, f.device, f.created_at
            from refresh_family f
            join refresh_token t on t.tenant_id = f.tenant_id and t.family_id = f.id,
            generate_series(1, ?) n
            where t.token_hash = sha256(?::text::bytea)
            """,
            count,
            token);
  }

  private static String active(String name, String clientId) {
    return TestNode.shared()
        .column(
            """
            select count(*)::text from refresh_family
            where user_id = ? and client_id = ? and revoked_at is null and ends_at > now()
            """,
            "oidc|idp|" + name,
            clientId)
        .getFirst();
  }

  private static String tokens(String token) {
    return family(token, "(select count(*) from refresh_token c where c.family_id = f.id)");
  }
}
