package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §3.1, §3.2, §5: what Actions decide")
class OutcomeContractIT {

  @Nested
  @DisplayName("§3.1 Action outcomes")
  class ExchangeAction {
    @ParameterizedTest
    @DisplayName("§3.1 deny: status by code, code and reason verbatim")
    @CsvSource({
      "invalid_request, 400",
      "server_error, 500",
      "Some_Code, 400",
      "access_denied, 400"
    })
    void deny(String code, int status) {
      Answer answer =
          TokenRequest.running("api.access.deny('%s', 'the reason')".formatted(code)).post();

      assertThat(answer.error()).isEqualTo(status + " " + code + ": the reason");
    }

    @Test
    @DisplayName("§3.1 deny coerces, and an empty code is invalid_request")
    void denyCoerces() {
      assertThat(TokenRequest.running("api.access.deny('', 42)").post().error())
          .isEqualTo("400 invalid_request: 42");
    }

    @Test
    @DisplayName("§3.1 rejectInvalidSubjectToken: 400 invalid_request with the reason")
    void reject() {
      assertThat(
              TokenRequest.running("api.access.rejectInvalidSubjectToken('forged')").post().error())
          .isEqualTo("400 invalid_request: forged");
    }

    @Test
    @DisplayName("§3.1 deny is sticky: it wins over a user set before or after, and over a throw")
    void sticky() {
      String deny = "api.access.deny('no', 'reason');";

      assertThat(TokenRequest.running(SET_JANE + deny).post().error()).isEqualTo("400 no: reason");
      assertThat(TokenRequest.running(deny + SET_JANE).post().error()).isEqualTo("400 no: reason");
      assertThat(TokenRequest.running(deny + "throw new Error('x')").post().error())
          .isEqualTo("400 no: reason");
    }

    @ParameterizedTest
    @DisplayName(
        "§3.1 throw or rejection: 500 server_error, nothing of it outside, all of it in the log")
    @ValueSource(
        strings = {
          "throw new TypeError('inner detail')",
          "await Promise.reject(new TypeError('inner detail'))",
          "Promise.reject(new TypeError('inner detail'))",
          "await new Promise((_, reject) => setTimeout(() => reject(new TypeError('inner detail')),"
              + " 5))"
        })
    void throwing(String code) {
      TokenRequest request = TokenRequest.running(SET_JANE + code);
      Answer answer = request.post();

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text("error")).isEqualTo("server_error");
      assertThat(answer.response().body()).doesNotContain("inner detail");
      List<ObjectNode> logs = TestNode.shared().logs(request.userAgent());
      assertThat(logs)
          .extracting(log -> log.path("type").asText())
          .containsExactly("actions_execution_failed", "fecte");
      assertThat(logs.getLast().path("description").asText()).contains("inner detail");
      ObjectNode details = (ObjectNode) logs.getFirst().path("details");
      assertThat(details.path("trigger_id").asText()).isEqualTo("custom-token-exchange");
      assertThat(details.path("action_name").asText()).isEqualTo("scripted");
      assertThat(details.path("error_class").asText()).isEqualTo("action_error");
      assertThat(details.path("action_error").path("name").asText()).isEqualTo("TypeError");
      assertThat(details.path("action_error").path("message").asText()).isEqualTo("inner detail");
      assertThat(details.path("binding_id").asText()).startsWith("tep_");
    }

    @Test
    @DisplayName("§3.1 no user and no deny: 500 with its text")
    void noUser() {
      assertThat(TokenRequest.running(";").post().error())
          .isEqualTo("500 server_error: Custom Token Exchange action did not set a user");
    }

    @Test
    @DisplayName("§3.1 both setUser methods: 500")
    void bothUsers() {
      Answer answer =
          TokenRequest.running(
                  SET_JANE
                      + "api.authentication.setUserByConnection('users', {user_id: 'jane'}, {})")
              .post();

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text("error")).isEqualTo("server_error");
    }

    @ParameterizedTest
    @DisplayName("§2.1 (actions-runtime) a missing export, or a throw at load: 500")
    @CsvSource(
        delimiter = '|',
        value = {
          "urn:contract:no-handler|Action is missing the required export"
              + " 'onExecuteCustomTokenExchange'",
          "urn:contract:throws-at-load|broken at load"
        })
    void brokenModule(String profile, String message) {
      TokenRequest request = TokenRequest.valid().with("subject_token_type", profile);

      assertThat(request.post().status()).isEqualTo(500);
      assertThat(
              TestNode.shared()
                  .logs(request.userAgent())
                  .getFirst()
                  .path("details")
                  .path("action_error")
                  .path("message")
                  .asText())
          .isEqualTo(message);
    }

    @Test
    @DisplayName(
        "§4.2 (actions-runtime) a promise that never settles: 500 at once, not at the deadline")
    void neverSettles() {
      TokenRequest request = TokenRequest.running("await new Promise(() => {})");
      long start = System.nanoTime();

      assertThat(request.post().status()).isEqualTo(500);

      // Far from the deadline: nobody waited for it.
      assertThat((System.nanoTime() - start) / 1_000_000)
          .isLessThan(TestNode.ACTION_TIMEOUT_MS - 500);
    }

    @Test
    @DisplayName("§4.2 (actions-runtime) a pending timer neither delays the answer nor is an error")
    void pendingTimer() {
      long start = System.nanoTime();

      Answer answer = TokenRequest.running("setTimeout(() => {}, 60000);" + SET_JANE).post();

      assertThat(answer.status()).isEqualTo(200);
      assertThat((System.nanoTime() - start) / 1_000_000)
          .isLessThan(TestNode.ACTION_TIMEOUT_MS - 500);
    }
  }

  @Nested
  @DisplayName("§3.2 Post-login outcomes")
  class PostLogin {
    @Test
    @DisplayName("§3.2 deny: 403 access_denied, and later Actions do not run")
    void deny() {
      Answer answer =
          TokenRequest.valid()
              .with("post_login", "api.access.deny('not today')")
              .with("post_login_2", "api.access.deny('second')")
              .post();

      assertThat(answer.error()).isEqualTo("403 access_denied: not today");
    }

    @Test
    @DisplayName("§3.2 an uncaught error: 403 access_denied with its message")
    void throwing() {
      TokenRequest request = TokenRequest.valid().with("post_login", "throw new Error('oops')");

      assertThat(request.post().error()).isEqualTo("403 access_denied: oops");
      assertThat(TestNode.shared().logs(request.userAgent()))
          .extracting(log -> log.path("type").asText())
          .containsExactly("actions_execution_failed", "fecte");
    }

    @ParameterizedTest
    @DisplayName("§3.2 methods that need a browser fail the transaction and are named")
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "api.authentication.challengeWith({type: 'otp'})|api.authentication.challengeWith",
          "api.authentication.enrollWith({type: 'otp'})|api.authentication.enrollWith",
          "api.redirect.sendUserTo('https://a.example')|api.redirect.sendUserTo",
          "api.prompt.render('form')|api.prompt.render"
        })
    void unsupported(String code, String method) {
      assertThat(TokenRequest.valid().with("post_login", code).post().error())
          .isEqualTo(
              "400 invalid_request: " + method + " is not supported for custom token exchange");
    }

    @Test
    @DisplayName("§3.2 event.transaction and the absent session")
    void event() {
      String code =
          """
          api.access.deny(JSON.stringify({
            protocol: event.transaction.protocol,
            type: event.transaction.subject_token_type,
            scopes: event.transaction.requested_scopes,
            session: event.session, refresh_token: event.refresh_token,
            canRedirect: api.redirect.canRedirect(),
            token: event.transaction.subject_token,
            user: event.user.user_id, connection: event.connection.name,
            body: event.request.body.client_secret}))
          """;
      Answer answer = TokenRequest.valid().with("scope", "read").with("post_login", code).post();

      assertThat(answer.text("error_description"))
          .isEqualTo(
              "{\"protocol\":\"oauth2-token-exchange\",\"type\":\"urn:contract:scripted\","
                  + "\"scopes\":[\"read\"],\"canRedirect\":false,\"user\":\"auth0|jane\","
                  + "\"connection\":\"users\"}");
    }

    @Test
    @DisplayName(
        "§7.2 (actions-runtime) metadata of one Action reaches the next, claims do not mix")
    void ordering() {
      Answer answer =
          TokenRequest.running(SET_JANE + "api.transaction.setMetadata('from', 'exchange')")
              .with(
                  "post_login",
                  "api.accessToken.setCustomClaim('first', event.transaction.metadata.from);"
                      + "api.accessToken.setCustomClaim('both', 1);"
                      + "api.transaction.setMetadata('next', 7)")
              .with(
                  "post_login_2",
                  "api.accessToken.setCustomClaim('second', event.transaction.metadata.next)"
                      + ".accessToken.setCustomClaim('both', 2)")
              .post();

      ObjectNode token = answer.accessToken();
      assertThat(token.path("first").asText()).isEqualTo("exchange");
      assertThat(token.path("second").asInt()).isEqualTo(7);
      assertThat(token.path("both").asInt()).isEqualTo(2);
    }
  }

  @Nested
  @DisplayName("§5 Setting the user")
  class Users {
    @Test
    @DisplayName("§5.1 setUserById: an unknown user")
    void unknownById() {
      assertThat(
              TokenRequest.running("api.authentication.setUserById('auth0|nobody')").post().error())
          .isEqualTo("400 invalid_request: The user could not be resolved.");
    }

    @Test
    @DisplayName("§5.1 a blocked user")
    void blocked() {
      assertThat(
              TokenRequest.running("api.authentication.setUserById('auth0|blocked')")
                  .post()
                  .error())
          .isEqualTo("403 unauthorized: user is blocked");
      assertThat(
              TokenRequest.running(
                      "api.authentication.setUserByConnection('users', {user_id: 'blocked'}, {})")
                  .post()
                  .error())
          .isEqualTo("403 unauthorized: user is blocked");
    }

    @Test
    @DisplayName("§5.2 not found and creationBehavior none")
    void notCreated() {
      assertThat(byConnection("idp", "{user_id: 'nobody'}", "{}").post().error())
          .isEqualTo("400 invalid_request: The user could not be resolved.");
    }

    @Test
    @DisplayName("§5.2, §5.3 create, then find; the second exchange finds the first one's user")
    void create() {
      String id = UUID.randomUUID().toString();
      TokenRequest create =
          byConnection(
              "idp",
              "{user_id: '%1$s', email: '%1$s@a.example', name: 'New'}".formatted(id),
              "{creationBehavior: 'create_if_not_exists'}");

      assertThat(create.post().accessToken().path("sub").asText()).isEqualTo("oidc|idp|" + id);
      assertThat(
              byConnection("idp", "{user_id: '%s'}".formatted(id), "{}")
                  .post()
                  .accessToken()
                  .path("sub")
                  .asText())
          .isEqualTo("oidc|idp|" + id);
      assertThat(count("oidc|idp|" + id)).isEqualTo(2);
    }

    @Test
    @DisplayName("§5.2 concurrent first exchanges of one user create exactly one")
    void concurrentCreation() {
      String id = UUID.randomUUID().toString();
      List<CompletableFuture<String>> exchanges =
          IntStream.range(0, 20)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () ->
                              byConnection(
                                      "idp",
                                      "{user_id: '%1$s', email: '%1$s@a.example'}".formatted(id),
                                      "{creationBehavior: 'create_if_not_exists'}")
                                  .post()
                                  .accessToken()
                                  .path("sub")
                                  .asText()))
              .toList();

      assertThat(exchanges).allSatisfy(sub -> assertThat(sub.join()).isEqualTo("oidc|idp|" + id));
      assertThat(count("oidc|idp|" + id)).isEqualTo(20);
    }

    @Test
    @DisplayName("§5.3 built-in strategies have two segments")
    void twoSegments() {
      String id = UUID.randomUUID().toString();

      assertThat(
              byConnection(
                      "social",
                      "{user_id: '%1$s', email: '%1$s@a.example'}".formatted(id),
                      "{creationBehavior: 'create_if_not_exists'}")
                  .post()
                  .accessToken()
                  .path("sub")
                  .asText())
          .isEqualTo("google-oauth2|" + id);
    }

    @Test
    @DisplayName(
        "§5.2 updateBehavior none leaves the profile, replace removes what is not supplied")
    void update() {
      String id = UUID.randomUUID().toString();
      String email = "email: '" + id + "@a.example'";
      byConnection(
              "idp",
              "{user_id: '%s', %s, name: 'Old', nickname: 'o'}".formatted(id, email),
              "{creationBehavior: 'create_if_not_exists'}")
          .post();

      byConnection("idp", "{user_id: '%s', %s, name: 'New'}".formatted(id, email), "{}").post();
      assertThat(profile(id)).contains("\"Old\"").contains("nickname");

      byConnection(
              "idp",
              "{user_id: '%s', %s, name: 'New'}".formatted(id, email),
              "{updateBehavior: 'replace'}")
          .post();
      assertThat(profile(id)).contains("\"New\"").doesNotContain("nickname");
    }

    @ParameterizedTest
    @DisplayName("§5.2, §5.6 what cannot be set: 400, and nothing is written")
    @CsvSource(
        delimiter = '|',
        value = {
          "unknown|{user_id: 'x'}|the connection was not found",
          "switched-off|{user_id: 'x'}|the connection was disabled",
          "mail|{user_id: 'x'}|The user could not be set.",
          "importing|{user_id: 'x'}|The user could not be set.",
          "idp|{user_id: 'x'}|The user could not be set.",
          "idp|{user_id: 'x', email: 5}|The user could not be set."
        })
    void refused(String connection, String attributes, String description) {
      TokenRequest request =
          byConnection(connection, attributes, "{creationBehavior: 'create_if_not_exists'}");

      assertThat(request.post().error()).isEqualTo("400 invalid_request: " + description);
      assertThat(
              TestNode.shared()
                  .column(
                      "select user_id from user_account where tenant_id = 'contract'"
                          + " and user_id like '%|x'"))
          .isEmpty();
    }

    @Test
    @DisplayName("§5.2 an identifier that another user of the connection has")
    void identifierTaken() {
      String options = "{creationBehavior: 'create_if_not_exists'}";
      String email = UUID.randomUUID() + "@a.example";
      byConnection("idp", "{user_id: 'a-%1$s', email: '%1$s'}".formatted(email), options).post();

      assertThat(
              byConnection(
                      "idp",
                      "{user_id: 'b-%s', email: '%s'}"
                          .formatted(email, email.toUpperCase(Locale.ROOT)),
                      options)
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: The user could not be set.");
    }

    @Test
    @DisplayName("§5.5 metadata merges at the first level, null removes")
    void metadata() {
      String id = UUID.randomUUID().toString();
      String set =
          "api.authentication.setUserByConnection('idp', {user_id: '%1$s', email:"
              + " '%1$s@a.example'}, {creationBehavior: 'create_if_not_exists'});";
      TokenRequest.running(
              set.formatted(id)
                  + "api.user.setAppMetadata('a', {x: 1}); api.user.setAppMetadata('b', 2);"
                  + "api.user.setUserMetadata('c', 'd')")
          .post();
      TokenRequest.running(set.formatted(id) + "api.user.setAppMetadata('a', null)").post();

      assertThat(
              TestNode.shared()
                  .column(
                      "select app_metadata::text || user_metadata::text from user_account"
                          + " where user_id = ?",
                      "oidc|idp|" + id))
          .containsExactly("{\"b\": 2}{\"c\": \"d\"}");
    }

    private static TokenRequest byConnection(String connection, String attributes, String options) {
      return TokenRequest.running(
          "api.authentication.setUserByConnection('%s', %s, %s)"
              .formatted(connection, attributes, options));
    }

    private static int count(String userId) {
      return Integer.parseInt(
          TestNode.shared()
              .column(
                  "select logins_count::text from user_account where tenant_id = 'contract'"
                      + " and user_id = ?",
                  userId)
              .stream()
              .findFirst()
              .orElse("1"));
    }

    private static String profile(String id) {
      return TestNode.shared()
          .column("select profile::text from user_account where user_id = ?", "oidc|idp|" + id)
          .getFirst();
    }
  }
}
