package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §5: whom the Action sets")
class UserContractIT {
  private static final Administrator ADMIN =
      Administrator.anonymous(TestNode.shared().contract())
          .as("administrator", "administrator-secret-0123456789");
  private static final String CREATE = "{creationBehavior: 'create_if_not_exists'}";
  private static final String REPLACE = "{updateBehavior: 'replace'}";
  private static final String UNRESOLVED = "400 invalid_request: The user could not be resolved.";
  private static final String NOT_SET = "400 invalid_request: The user could not be set.";

  private String id = "";

  @BeforeEach
  void fresh() {
    id = UUID.randomUUID().toString();
  }

  private static TokenRequest set(String connection, String attributes, String options) {
    return TokenRequest.running(
        "api.authentication.setUserByConnection('%s', %s, %s)"
            .formatted(connection, attributes, options));
  }

  private String mailed(String more) {
    return "{user_id: '%1$s', email: '%1$s@a.example'%2$s}".formatted(id, more);
  }

  private static String sub(Answer answer) {
    return answer.accessToken().path("sub").asText();
  }

  private static JsonNode user(String userId) {
    return ADMIN.get("/users/" + Administrator.segment(userId)).body();
  }

  /** A connection of its own, for the rules that the fixture's do not have. */
  private static String connection(String strategy, String options) {
    String name = Administrator.unique(strategy);
    Administrator.Response created =
        ADMIN.post(
            "/connections",
            "{'name': '%s', 'strategy': '%s', 'enabled_clients': ['app'], 'options': %s}"
                .formatted(name, strategy, options));
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    await()
        .untilAsserted(
            () ->
                assertThat(set(name, "{user_id: 'nobody'}", "{}").post().error())
                    .isEqualTo(UNRESOLVED));
    return name;
  }

  private static <T> List<T> atOnce(int times, IntFunction<T> work) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<T>> running =
          IntStream.range(0, times)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> work.apply(i), threads))
              .toList();
      return running.stream().map(CompletableFuture::join).toList();
    }
  }

  @Nested
  @DisplayName("§5.2 The matrix of creation and update")
  class Matrix {
    @ParameterizedTest(name = "exists: {0}, creation: {1}, update: {2} → {3}")
    @CsvSource({
      "false, create_if_not_exists, none,    created",
      "false, create_if_not_exists, replace, created",
      "false, none,                 none,    refused",
      "false, none,                 replace, refused",
      "true,  create_if_not_exists, none,    untouched",
      "true,  none,                 none,    untouched",
      "true,  create_if_not_exists, replace, replaced",
      "true,  none,                 replace, replaced",
    })
    @DisplayName("§5.2 every combination")
    void combinations(boolean exists, String creation, String update, String outcome) {
      if (exists) {
        assertThat(set("idp", mailed(", name: 'Old', nickname: 'o'"), CREATE).post().status())
            .isEqualTo(200);
      }
      String options = "{creationBehavior: '%s', updateBehavior: '%s'}".formatted(creation, update);
      Answer answer = set("idp", mailed(", name: 'New'"), options).post();

      if (outcome.equals("refused")) {
        assertThat(answer.error()).isEqualTo(UNRESOLVED);
        return;
      }
      assertThat(sub(answer)).isEqualTo("oidc|idp|" + id);
      JsonNode user = user("oidc|idp|" + id);
      assertThat(user.path("name").asText()).isEqualTo(outcome.equals("untouched") ? "Old" : "New");
      assertThat(user.has("nickname")).isEqualTo(outcome.equals("untouched"));
      assertThat(user.path("email_verified").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "email: 'other@a.example'",
          "email: undefined",
          "email_verified: true",
          "username: 'new'",
          "phone_number: '+15550100'",
          "phone_verified: true",
        })
    @DisplayName("§5.2 replace: what cannot change must be the same, and nothing is written if not")
    void immutables(String change) {
      set("idp", mailed(", name: 'Old'"), CREATE).post();
      String attributes =
          "Object.assign({user_id: '%1$s', email: '%1$s@a.example', name: 'New'}, {%2$s})"
              .formatted(id, change);

      assertThat(set("idp", attributes, REPLACE).post().error()).isEqualTo(NOT_SET);
      assertThat(user("oidc|idp|" + id).path("name").asText()).isEqualTo("Old");
    }

    @Test
    @DisplayName("§5.2 replace: omitted verification flags are not compared, metadata stays")
    void verifiedOmitted() {
      set("idp", mailed(", email_verified: true"), CREATE).post();
      TokenRequest.running(
              "api.authentication.setUserById('oidc|idp|%s');".formatted(id)
                  + "api.user.setAppMetadata('kept', 1)")
          .post();

      assertThat(set("idp", mailed(", name: 'N'"), REPLACE).post().status()).isEqualTo(200);
      JsonNode user = user("oidc|idp|" + id);
      assertThat(user.path("email_verified").asBoolean()).isTrue();
      assertThat(user.path("app_metadata").path("kept").asInt()).isEqualTo(1);
    }

    @Test
    @DisplayName("§5.2 both forms of the id find a user whose id has three segments")
    void forms() {
      set("idp", mailed(""), CREATE).post();

      assertThat(sub(set("idp", "{user_id: 'idp|%s'}".formatted(id), "{}").post()))
          .isEqualTo("oidc|idp|" + id);
    }
  }

  @Nested
  @DisplayName("§5.2 Linked identities")
  class Linked {
    private final String main = "auth0|main-" + UUID.randomUUID();

    @BeforeEach
    void link() {
      String local = main.substring("auth0|".length());
      set(
              "users",
              "{user_id: '%1$s', email: '%1$s@a.example', name: 'Main'}".formatted(local),
              CREATE)
          .post();
      set("idp", mailed(", name: 'Linked', nickname: 'l'"), CREATE).post();
      assertThat(
              ADMIN
                  .post(
                      "/users/" + Administrator.segment(main) + "/identities",
                      "{'provider': 'oidc', 'user_id': 'idp|%s'}".formatted(id))
                  .status())
          .isEqualTo(201);
    }

    @Test
    @DisplayName("§5.2 a linked identity finds the user; sub is the primary identity's")
    void finds() {
      assertThat(sub(set("idp", "{user_id: '%s'}".formatted(id), "{}").post())).isEqualTo(main);
    }

    @Test
    @DisplayName("§5.2 replace by a linked identity touches what that identity brought, no more")
    void replaces() {
      assertThat(set("idp", mailed(", name: 'New'"), REPLACE).post().status()).isEqualTo(200);

      JsonNode user = user(main);
      assertThat(user.path("name").asText()).isEqualTo("Main");
      JsonNode linked = user.path("identities").path(1).path("profileData");
      assertThat(linked.path("name").asText()).isEqualTo("New");
      assertThat(linked.has("nickname")).isFalse();
      assertThat(linked.path("email").asText()).isEqualTo(id + "@a.example");
    }

    @Test
    @DisplayName("§5.2 replace by a linked identity compares with what that identity brought")
    void compares() {
      assertThat(
              set("idp", "{user_id: '%s', email: 'other@a.example'}".formatted(id), REPLACE)
                  .post()
                  .error())
          .isEqualTo(NOT_SET);
    }

    @Test
    @DisplayName("§5.2 a blocked user fails by whichever identity")
    void blocked() {
      ADMIN.patch("/users/" + Administrator.segment(main), "{'blocked': true}");

      assertThat(set("idp", "{user_id: '%s'}".formatted(id), "{}").post().error())
          .isEqualTo("403 unauthorized: user is blocked");
    }
  }

  @Nested
  @DisplayName("§5.2, §5.3 Connections")
  class Connections {
    @ParameterizedTest
    @CsvSource({
      "google-oauth2, google-oauth2|%s",
      "apple,         apple|%s",
      "facebook,      facebook|%s",
      "github,        github|%s",
      "windowslive,   windowslive|%s",
      "samlp,         samlp|@|%s",
      "oidc,          oidc|@|%s",
      "okta,          okta|@|%s",
      "ad,            ad|@|%s",
      "adfs,          adfs|@|%s",
      "oauth2,        oauth2|@|%s",
      "auth0,         auth0|%s",
    })
    @DisplayName("§5.3 the form of a new user's id follows the strategy")
    void strategies(String strategy, String form) {
      String name = connection(strategy, "{}");

      assertThat(sub(set(name, mailed(""), CREATE).post()))
          .isEqualTo(form.replace("@", name).formatted(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"email", "sms", "waad", "google-apps", "twitter"})
    @DisplayName("§5.2 other strategies: 400")
    void unsupported(String strategy) {
      String name = Administrator.unique(strategy);
      ADMIN.post(
          "/connections",
          "{'name': '%s', 'strategy': '%s', 'enabled_clients': ['app']}".formatted(name, strategy));

      await()
          .untilAsserted(
              () -> assertThat(set(name, mailed(""), CREATE).post().error()).isEqualTo(NOT_SET));
    }

    @Test
    @DisplayName("§5.3 an id that another database's user has is not taken over")
    void collision() {
      String other = connection("auth0", "{}");
      set("users", mailed(""), CREATE).post();

      assertThat(
              set(
                      other,
                      "{user_id: '%1$s', email: 'b-%1$s@a.example'}".formatted(id),
                      "{creationBehavior: 'create_if_not_exists', updateBehavior: 'replace'}")
                  .post()
                  .error())
          .isEqualTo(NOT_SET);
      assertThat(user("auth0|" + id).path("email").asText()).isEqualTo(id + "@a.example");
    }

    @Test
    @DisplayName("§5.2 a connection that requires usernames wants one, others refuse one")
    void usernames() {
      String name = connection("auth0", "{'requires_username': true}");

      assertThat(set(name, mailed(""), CREATE).post().error()).isEqualTo(NOT_SET);
      assertThat(set(name, mailed(", username: 'u1'"), CREATE).post().status()).isEqualTo(200);
      assertThat(set("users", mailed(", username: 'u1'"), CREATE).post().error())
          .isEqualTo(NOT_SET);
      assertThat(set("users", mailed(", phone_number: '+15550100'"), CREATE).post().error())
          .isEqualTo(NOT_SET);
    }

    @Test
    @DisplayName("§5.2 flexible identifiers: what is one must be given, and suffices")
    void flexible() {
      String name =
          connection(
              "auth0",
              "{'attributes': {'phone_number': {'identifier': {'active': true}}, 'email':"
                  + " {'identifier': {'active': false}}}}");

      assertThat(set(name, mailed(""), CREATE).post().error()).isEqualTo(NOT_SET);
      Answer answer =
          set(name, "{user_id: '%s', phone_number: '+15550100'}".formatted(id), CREATE).post();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(user("auth0|" + id).path("phone_verified").asBoolean(true)).isFalse();
    }

    @Test
    @DisplayName("§5.1 setUserById works where a custom database imports users, the other does not")
    void importing() {
      String name = connection("auth0", "{}");
      set(name, mailed(""), CREATE).post();
      String connectionId =
          ADMIN.get("/connections?name=" + name).body().path(0).path("id").asText();
      ADMIN.patch(
          "/connections/" + connectionId,
          "{'options': {'import_mode': true, 'enabledDatabaseCustomization': true}}");

      await()
          .untilAsserted(
              () -> assertThat(set(name, mailed(""), "{}").post().error()).isEqualTo(NOT_SET));
      assertThat(
              sub(
                  TokenRequest.running("api.authentication.setUserById('auth0|%s')".formatted(id))
                      .post()))
          .isEqualTo("auth0|" + id);
    }
  }

  @Nested
  @DisplayName("§5.2, §5.6 Attributes")
  class AttributeRules {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "email_verified: 'yes'",
          "name: 5",
          "name: null",
          "picture: {}",
          "verify_email: 'no'",
          "nickname: 'a\\u0000b'",
          "user_id: 'a\\u0000b'",
          "nickname: 'a\\ud800b'",
          "user_id: 'a\\ud800'",
          "user_id: '\\udfffa'",
          "user_id: 'a\\udc00\\ud800'",
        })
    @DisplayName(
        "§5.6 a wrong type, or a character that nothing can store: 400, nothing is written")
    void wrong(String attribute) {
      Answer answer = set("idp", mailed(", " + attribute), CREATE).post();

      assertThat(answer.error()).isEqualTo(NOT_SET);
      assertThat(user("oidc|idp|" + id).path("statusCode").asInt()).isEqualTo(404);
    }

    @Test
    @DisplayName("§5.2 lone surrogates and very long values: never a 5xx")
    void odd() {
      for (String attribute :
          List.of("name: '\\ud800'", "name: 'n'.repeat(300000)", "user_id: 'u'.repeat(5000)")) {
        Answer answer =
            set("idp", "Object.assign(%s, {%s})".formatted(mailed(""), attribute), CREATE).post();
        assertThat(answer.status()).as(answer.error()).isIn(200, 400);
      }
    }

    @Test
    @DisplayName("§5.6 a subject with half a surrogate pair is not the user with a question mark")
    void halves() {
      assertThat(set("idp", mailed(", user_id: '%s?'".formatted(id)), CREATE).post().status())
          .isEqualTo(200);

      for (String half : List.of("\\ud800", "\\udfff")) {
        assertThat(
                set("idp", mailed(", user_id: '%s%s'".formatted(id, half)), CREATE).post().error())
            .isEqualTo(NOT_SET);
        assertThat(
                TokenRequest.running(
                        "api.authentication.setUserById('oidc|idp|%s%s')".formatted(id, half))
                    .post()
                    .error())
            .isEqualTo(UNRESOLVED);
      }
    }

    @Test
    @DisplayName("§5.2 a connection's name has at most 512 characters: beyond, the call throws")
    void connectionName() {
      assertThat(set("c".repeat(513), mailed(""), CREATE).post().status()).isEqualTo(500);
      assertThat(set("c".repeat(512), mailed(""), CREATE).post().error())
          .isEqualTo("400 invalid_request: the connection was not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", "\\ud800", "\\udc00"})
    @DisplayName(
        "§5.6 U+0000 and halves of surrogate pairs elsewhere: no user, no connection, no"
            + " organization, no metadata of them")
    void unstorable(String character) {
      assertThat(
              TokenRequest.running(
                      "api.authentication.setUserById('auth0|a%s')".formatted(character))
                  .post()
                  .error())
          .isEqualTo(UNRESOLVED);
      assertThat(set("a" + character, mailed(""), CREATE).post().error())
          .isEqualTo("400 invalid_request: the connection was not found");
      assertThat(
              TokenRequest.running(
                      TokenRequest.SET_JANE
                          + "api.authentication.setOrganization('org_%s')".formatted(character))
                  .client("org-allowed")
                  .post()
                  .status())
          .isEqualTo(400);
      for (String code :
          List.of(
              "api.user.setAppMetadata('k', {a: ['%s']});" + TokenRequest.SET_JANE,
              "api.authentication.setActor({sub: '%s'});" + TokenRequest.SET_JANE)) {
        TokenRequest request =
            TokenRequest.running(code.formatted(character))
                .without("audience")
                .with("scope", "openid");
        assertThat(request.post().status()).isEqualTo(500);
        assertThat(
                TestNode.shared().logs(request.userAgent()).getLast().path("description").asText())
            .contains("U+0000");
      }
    }

    @Test
    @DisplayName("§5.4 verify_email is not stored")
    void verifyEmail() {
      set("idp", mailed(", verify_email: true"), CREATE).post();

      assertThat(user("oidc|idp|" + id).has("verify_email")).isFalse();
    }
  }

  @Nested
  @DisplayName("§5.2 At the same moment")
  class Concurrent {
    @Test
    @DisplayName("§5.2 fifty first exchanges of one user create one, and all are that user's")
    void oneUser() {
      List<Answer> answers = atOnce(50, i -> set("idp", mailed(", name: 'N'"), CREATE).post());

      assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));
      assertThat(answers.stream().map(UserContractIT::sub).distinct())
          .containsExactly("oidc|idp|" + id);
      assertThat(
              TestNode.shared()
                  .column(
                      "select logins_count::text from user_account where user_id like ?",
                      "%" + id + "%"))
          .containsExactly("50");
    }

    @Test
    @DisplayName("§5.2 of twenty new users with one email, one is created")
    void oneEmail() {
      List<Answer> answers =
          atOnce(
              20,
              i ->
                  set(
                          "idp",
                          "{user_id: '%1$s-%2$d', email: '%1$s@a.example'}".formatted(id, i),
                          CREATE)
                      .post());

      assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
      assertThat(answers)
          .filteredOn(answer -> answer.status() != 200)
          .allSatisfy(answer -> assertThat(answer.error()).isEqualTo(NOT_SET));
    }

    @Test
    @DisplayName("§5.5 metadata of different keys is not lost")
    void metadata() {
      set("idp", mailed(""), CREATE).post();

      List<Answer> answers =
          atOnce(
              20,
              i ->
                  TokenRequest.running(
                          "api.authentication.setUserById('oidc|idp|%s'); ".formatted(id)
                              + "api.user.setAppMetadata('k%d', %d)".formatted(i, i))
                      .post());

      assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));
      assertThat(user("oidc|idp|" + id).path("app_metadata")).hasSize(20);
    }

    @Test
    @DisplayName("§5.6 while the user is deleted again and again: an exact 4xx, never a 5xx")
    void deletion() {
      String path = "/users/" + Administrator.segment("oidc|idp|" + id);
      List<Integer> statuses =
          atOnce(
              40,
              i ->
                  i % 4 == 0
                      ? ADMIN.delete(path).status()
                      : set(
                              "idp",
                              mailed(", name: 'N%d'".formatted(i)),
                              "{creationBehavior: 'create_if_not_exists', updateBehavior:"
                                  + " 'replace'}")
                          .with("scope", "openid")
                          .post()
                          .status());

      assertThat(statuses).allSatisfy(status -> assertThat(status).isIn(200, 204, 400, 404));
    }
  }

  @Nested
  @DisplayName("§3, §5.2 Login counters")
  class Counters {
    @Test
    @DisplayName("§5.2 both methods count; last_login and last_ip follow; a failure counts nothing")
    void counts() {
      set("idp", mailed(""), CREATE).post();
      String byId = "api.authentication.setUserById('oidc|idp|%s')".formatted(id);
      TokenRequest.running(byId)
          .client("proxy")
          .header("auth0-forwarded-for", "203.0.113.5")
          .post();
      TokenRequest.running(byId + "; api.access.deny('x', 'no')").post();
      TokenRequest.running(byId).with("audience", "https://unknown.example").post();

      JsonNode user = user("oidc|idp|" + id);
      assertThat(user.path("logins_count").asInt()).isEqualTo(2);
      assertThat(user.path("last_ip").asText()).isEqualTo("203.0.113.5");
      assertThat(user.path("last_login").asText()).matches("\\d{4}-.*Z");

      TokenRequest.running(byId).with("post_login", "api.access.deny('late')").post();
      assertThat(user("oidc|idp|" + id).path("logins_count").asInt()).isEqualTo(3);
    }
  }
}
