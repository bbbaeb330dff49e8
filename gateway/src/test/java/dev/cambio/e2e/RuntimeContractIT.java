package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("actions-runtime §3, §4, §5.1, §6, §8: limits, endings, effects")
class RuntimeContractIT {

  private static String denied(String code) {
    return TokenRequest.running(code).post().text("error_description");
  }

  private static List<String> types(TokenRequest request) {
    return TestNode.shared().logs(request.userAgent()).stream()
        .map(entry -> entry.path("type").asText())
        .toList();
  }

  @Nested
  @DisplayName("§3 Limits")
  class Limits {
    @ParameterizedTest
    @DisplayName("§3 transaction metadata: keys, values, total and types")
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "api.transaction.setMetadata('k'.repeat(64), 'v')|stored",
          "api.transaction.setMetadata('k'.repeat(65), 'v')|refused",
          "api.transaction.setMetadata('k', 'v'.repeat(8192))|stored",
          "api.transaction.setMetadata('k', 'v'.repeat(8193))|refused",
          "for (const k of ['a','b','c']) api.transaction.setMetadata(k, 'v'.repeat(6000))|refused",
          "api.transaction.setMetadata('k', 2 ** 53)|refused",
          "api.transaction.setMetadata('k', NaN)|refused",
          "api.transaction.setMetadata('k', {})|refused",
          "api.transaction.setMetadata('k', true)|stored",
        })
    void transactionMetadata(String code, String outcome) {
      assertThat(
              denied(
                  "try { %s; api.access.deny('x', 'stored') } catch (e) {".formatted(code)
                      + " api.access.deny('x', e instanceof Error ? 'refused' : 'odd') }"))
          .isEqualTo(outcome);
    }

    @Test
    @DisplayName("§3 user and app metadata: 32 kB each, and nothing is stored beyond")
    void userMetadata() {
      String set = "api.user.set%sMetadata('limit', 'v'.repeat(%d));" + SET_JANE;

      for (String kind : List.of("User", "App")) {
        assertThat(TokenRequest.running(set.formatted(kind, 32_000)).post().status())
            .isEqualTo(200);
        assertThat(TokenRequest.running(set.formatted(kind, 33_000)).post().status())
            .isEqualTo(500);
        assertThat(
                TokenRequest.running(
                        SET_JANE + "api.user.set%sMetadata('limit', null)".formatted(kind))
                    .post()
                    .status())
            .isEqualTo(200);
      }
    }

    @Test
    @DisplayName("§3 a thousand side effects: then the cache says so, and other calls throw")
    void sideEffects() {
      String key = UUID.randomUUID().toString();
      assertThat(
              denied(
                  """
                  let last; for (let i = 0; i <= 1000; i++) last = api.cache.set('%s', 'v');
                  api.access.deny('x', last.code)
                  """
                      .formatted(key)))
          .isEqualTo("MaxSideEffectsExceeded");
      TokenRequest flood =
          TokenRequest.running(
              "for (let i = 0; i <= 1000; i++) api.user.setAppMetadata('k', i);" + SET_JANE);
      assertThat(flood.post().status()).isEqualTo(500);
    }
  }

  @Nested
  @DisplayName("§3 One tenant's load")
  class Fairness {
    private static final int FLOOD = 6;

    /** Long enough for an exchange beside it, shorter than the budget. */
    private static final String WAIT = "await new Promise(done => setTimeout(done, 2500));";

    private CompletableFuture<Answer> sent(TokenRequest request) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> answer.complete(request.post()));
      return answer;
    }

    /** Twice as many runs of one tenant as there are slots, of two Actions, that only wait. */
    private List<CompletableFuture<Answer>> flood() {
      return Stream.generate(
              () ->
                  Stream.of(
                      TokenRequest.running(WAIT + SET_JANE),
                      TokenRequest.running("any")
                          .with("subject_token_type", "urn:contract:any-token")
                          .with("action", WAIT + SET_JANE)))
          .limit(FLOOD)
          .flatMap(pair -> pair)
          .map(this::sent)
          .toList();
    }

    // A machine that is too slow to exchange anything while the flood waits is given more chances;
    // where the flood holds the slots it never gets one.
    @Test
    @DisplayName("§3 runs that wait, however many, do not hold up another tenant's exchange")
    void waitingRuns() {
      boolean beside = false;
      for (int attempt = 0; attempt < 5 && !beside; attempt++) {
        List<CompletableFuture<Answer>> flood = flood();
        await()
            .until(
                () ->
                    TestNode.shared().metric("cambio_action_parked", "") >= 2 * FLOOD
                        || flood.stream().anyMatch(CompletableFuture::isDone));
        Answer other =
            TokenRequest.quickstart("urn:acme:partner-token", PartnerTokens.valid()).post();
        beside = flood.stream().noneMatch(CompletableFuture::isDone);

        assertThat(other.status()).isEqualTo(200);
        assertThat(flood).allSatisfy(run -> assertThat(run.join().status()).isEqualTo(200));
      }
      assertThat(beside).isTrue();
    }
  }

  @Nested
  @DisplayName("§4 Endings")
  class Endings {
    @Test
    @DisplayName("§4.2 a rejection that nobody handles, after the handler settled, is no failure")
    void lateRejection() {
      assertThat(
              TokenRequest.running(SET_JANE + "setTimeout(() => { throw new Error('late') }, 1);")
                  .post()
                  .status())
          .isEqualTo(200);
    }

    @Test
    @DisplayName("§4.2 calls of the api after settling have no effect")
    void lateCalls() {
      assertThat(
              TokenRequest.running(
                      SET_JANE + "setTimeout(() => api.access.deny('late', 'late'), 1);")
                  .post()
                  .status())
          .isEqualTo(200);
    }

    @Test
    @DisplayName("§4.3 a run beyond its time: 500, action_timeout, and the next run is well")
    void timeout() {
      TokenRequest request = TokenRequest.running("for (;;) ;");

      assertThat(request.post().status()).isEqualTo(500);

      ObjectNode failed = TestNode.shared().logs(request.userAgent()).getFirst();
      assertThat(failed.path("type").asText()).isEqualTo("actions_execution_failed");
      assertThat(failed.at("/details/error_class").asText()).isEqualTo("action_timeout");
      assertThat(TokenRequest.valid().post().status()).isEqualTo(200);
    }

    @Test
    @DisplayName("§4.3 post-login beyond its time: 403 access_denied with the text for it")
    void postLoginTimeout() {
      assertThat(TokenRequest.valid().with("post_login", "for (;;) ;").post().error())
          .isEqualTo("403 access_denied: Action execution timed out.");
    }

    @Test
    @DisplayName("§4.3 a long message of post-login is cut at 256 characters")
    void longMessage() {
      assertThat(
              TokenRequest.valid()
                  .with("post_login", "throw new Error('m'.repeat(1000))")
                  .post()
                  .text("error_description"))
          .isEqualTo("m".repeat(256));
    }

    @Test
    @DisplayName("§4.3 the log names the execution, which the Management API keeps")
    void execution() {
      TokenRequest request = TokenRequest.valid();
      request.post();

      String id =
          TestNode.shared()
              .logs(request.userAgent())
              .getLast()
              .at("/details/actions/executions/0")
              .asText();
      assertThat(
              TestNode.shared()
                  .column("select trigger_id from action_execution where id = ?::uuid", id))
          .containsExactly("custom-token-exchange");
    }

    @Test
    @DisplayName("§4.4 details of secte and fecte name type and actors, and nothing of tokens")
    void details() {
      TokenRequest request =
          TokenRequest.running(
              SET_JANE
                  + "api.authentication.setActor({sub: 'a', note: 'x', act: {sub: 'b', n: 1}});");
      request.post();
      JsonNode details = TestNode.shared().logs(request.userAgent()).getLast().path("details");

      assertThat(details.path("subject_token_type").asText()).isEqualTo("urn:contract:scripted");
      assertThat(details.path("actor").toString())
          .isIn(
              "{\"sub\":\"a\",\"act\":{\"sub\":\"b\"}}", "{\"act\":{\"sub\":\"b\"},\"sub\":\"a\"}");
      assertThat(details.toString()).doesNotContain("setActor");
    }
  }

  @Nested
  @DisplayName("§5.1 The user object")
  class UserObject {
    private static final String SHOW =
        "const u = %s; api.access.deny(%sJSON.stringify([u.user_id, u.email, u.email_verified,"
            + " u.name, u.given_name, u.family_name, typeof u.created_at, typeof u.updated_at,"
            + " u.user_metadata, u.app_metadata, u.identities]))";

    private static void assertJane(String json) throws IOException {
      JsonNode shown = Json.parse(json);
      assertThat(shown.path(0).asText()).isEqualTo("auth0|jane");
      assertThat(shown.path(1).asText()).isEqualTo("jane@contract.example");
      assertThat(shown.path(2).asBoolean()).isTrue();
      assertThat(shown.path(3).asText()).isEqualTo("Jane");
      assertThat(shown.path(6).asText()).isEqualTo("string");
      assertThat(shown.path(8).path("color").asText()).isEqualTo("red");
      assertThat(shown.path(9).path("plan").asText()).isEqualTo("gold");
      assertThat(shown.path(10).path(0).path("connection").asText()).isEqualTo("users");
      assertThat(shown.path(10).path(0).path("isSocial").asBoolean()).isFalse();
    }

    @Test
    @DisplayName("§5.1 event.user of post-login")
    void postLogin() throws IOException {
      assertJane(
          TokenRequest.valid()
              .with("post_login", SHOW.formatted("event.user", ""))
              .post()
              .text("error_description"));
    }

    @Test
    @DisplayName("§5.1 event.transaction.actor_token_user")
    void actorTokenUser() throws IOException {
      String idToken = TokenRequest.valid().with("scope", "openid").post().text("id_token");

      assertJane(
          TokenRequest.running(SHOW.formatted("event.transaction.actor_token_user", "'x', "))
              .with("actor_token", idToken)
              .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token")
              .post()
              .text("error_description"));
    }
  }

  @Nested
  @DisplayName("§6 Semantics of api")
  class Semantics {
    @Test
    @DisplayName("§6.3 of several calls of one setUser method, the last counts")
    void lastUser() {
      assertThat(
              TokenRequest.running("api.authentication.setUserById('auth0|sam');" + SET_JANE)
                  .post()
                  .accessToken()
                  .path("sub")
                  .asText())
          .isEqualTo("auth0|jane");
    }

    @Test
    @DisplayName("§6.3 the first deny wins, and of setActor the last call")
    void firstDeny() {
      assertThat(
              TokenRequest.running("api.access.deny('a', '1'); api.access.deny('b', '2')")
                  .post()
                  .error())
          .isEqualTo("400 a: 1");
      assertThat(
              TokenRequest.running(
                      SET_JANE
                          + "api.authentication.setActor({sub: 'a'});"
                          + "api.authentication.setActor({sub: 'b'});")
                  .post()
                  .accessToken()
                  .path("act")
                  .path("sub")
                  .asText())
          .isEqualTo("b");
    }

    @Test
    @DisplayName(
        "§6.4 what the exchange's Action set is there in post-login, and stays if it denies")
    void effectsStay() {
      String mark = UUID.randomUUID().toString();
      TokenRequest request =
          TokenRequest.running(SET_JANE + "api.user.setUserMetadata('mark', '%s')".formatted(mark))
              .with("post_login", "api.access.deny(event.user.user_metadata.mark)");

      assertThat(request.post().error()).isEqualTo("403 access_denied: " + mark);
      assertThat(seen("event.user.user_metadata.mark")).isEqualTo(mark);
    }

    private static String seen(String expression) {
      return TokenRequest.valid()
          .with("post_login", "api.access.deny(%s)".formatted(expression))
          .post()
          .text("error_description");
    }

    @ParameterizedTest
    @DisplayName("§6.4 after deny or throw nothing persists but the cache")
    @ValueSource(strings = {"api.access.deny('x', 'no')", "throw new Error('no')"})
    void effectsGo(String end) {
      String mark = UUID.randomUUID().toString();
      String name = "effects-" + mark;
      TokenRequest.running(
              """
              api.authentication.setUserByConnection('users',
                {user_id: '%1$s', email: '%1$s@contract.example'},
                {creationBehavior: 'create_if_not_exists'});
              api.user.setUserMetadata('mark', '%2$s');
              api.cache.set('%2$s', 'kept');
              %3$s
              """
                  .formatted(name, mark, end))
          .post();

      assertThat(
              TestNode.shared()
                  .column("select user_id from user_account where user_id = ?", "auth0|" + name))
          .isEmpty();
      assertThat(denied("api.access.deny('x', api.cache.get('%s').value)".formatted(mark)))
          .isEqualTo("kept");
      denied("api.cache.delete('%s')".formatted(mark));
    }
  }

  @Nested
  @DisplayName("§8 Throttling")
  class Throttling {
    @Test
    @DisplayName("§8 ten rejected tokens block the address, and its next Action does not run")
    void blocks() {
      String mark = UUID.randomUUID().toString();
      for (int i = 0; i < 10; i++) {
        assertThat(from("api.access.rejectInvalidSubjectToken('forged')").post().status())
            .isEqualTo(400);
      }

      TokenRequest blocked = from("api.cache.set('%s', 'ran');".formatted(mark) + SET_JANE);
      Answer answer = blocked.post();

      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.text("error")).isEqualTo("too_many_attempts");
      assertThat(types(blocked)).containsExactly("fecte");
      assertThat(denied("api.access.deny('x', String(api.cache.get('%s')))".formatted(mark)))
          .isEqualTo("undefined");
    }

    private static TokenRequest from(String code) {
      return TokenRequest.running(code)
          .client("proxy")
          .header("auth0-forwarded-for", "198.51.100.88");
    }
  }
}
