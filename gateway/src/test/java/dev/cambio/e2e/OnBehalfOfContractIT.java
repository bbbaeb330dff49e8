package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §11.8: On-Behalf-Of")
class OnBehalfOfContractIT {
  static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  private static final String FRONT = "https://front.contract.example";
  private static final String API = "https://api.contract.example";
  private static final String INVALID = "401 invalid_request: Invalid subject_token";

  /** Jane's token, with which {@code app} calls the API in front. */
  private static String janesToken() {
    return TokenRequest.valid().with("audience", FRONT).post().text("access_token");
  }

  /** The API in front wants to call the one behind. */
  static TokenRequest onBehalfOf(String token) {
    return TokenRequest.running(token)
        .client("front")
        .with("subject_token_type", ACCESS_TOKEN)
        .with("requested_token_type", ACCESS_TOKEN)
        .with("audience", API);
  }

  /** A user whom nobody else knows. */
  private static String newUser(String id) {
    return "api.authentication.setUserByConnection('idp', {user_id: '%s', email: '%s@x.example'},"
            .formatted(id, id)
        + " {creationBehavior: 'create_if_not_exists', updateBehavior: 'none'});";
  }

  private static String log(TokenRequest request, String pointer) {
    return TestNode.shared().logs(request.userAgent()).getLast().at(pointer).asText();
  }

  @Test
  @DisplayName("§11.8 the same user, the new audience, and who called whom")
  void exchanges() {
    TokenRequest request = onBehalfOf(janesToken());
    Answer answer = request.post();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrder(
            "access_token", "issued_token_type", "token_type", "expires_in", "scope");
    assertThat(answer.text("issued_token_type")).isEqualTo(ACCESS_TOKEN);
    ObjectNode claims =
        IndependentVerifier.verify(answer.text("access_token"), TestNode.shared().contract(), API);
    assertThat(claims.path("sub").asText()).isEqualTo("auth0|jane");
    assertThat(claims.path("azp").asText()).isEqualTo("front");
    assertThat(claims.path("aud").asText()).isEqualTo(API);
    assertThat(claims.path("act").toString())
        .isEqualTo("{\"sub\":\"front\",\"act\":{\"sub\":\"app\"}}");
    assertThat(claims.has("gty")).isFalse();
  }

  @Test
  @DisplayName("§11.8 the next hop nests what was; what an Action set stays innermost")
  void nests() {
    String first =
        TokenRequest.running(
                SET_JANE + "api.authentication.setActor({sub: 'auth0|sam', role: 'support'})")
            .with("audience", FRONT)
            .post()
            .text("access_token");
    String second = onBehalfOf(first).post().text("access_token");

    ObjectNode claims =
        onBehalfOf(second)
            .client("back")
            .with("audience", "https://rfc9068.contract.example")
            .post()
            .accessToken();

    assertThat(claims.path("client_id").asText()).isEqualTo("back");
    assertThat(claims.path("act").toString())
        .isEqualTo(
            "{\"sub\":\"back\",\"act\":{\"sub\":\"front\",\"act\":"
                + "{\"sub\":\"auth0|sam\",\"role\":\"support\"}}}");
  }

  @Test
  @DisplayName("§11.8 five levels at most: a subject token with four nested ones is refused")
  void depth() {
    String chain = "{sub: '1', act: {sub: '2', act: {sub: '3', act: {sub: '4'}}}}";
    String deeper =
        "{sub: '1', act: {sub: '2', act: {sub: '3', act: {sub: '4', act: {sub: '5'}}}}}";

    assertThat(onBehalfOf(delegated(chain)).post().status()).isEqualTo(200);
    assertThat(onBehalfOf(delegated(deeper)).post().error())
        .isEqualTo(
            "400 invalid_request: Delegation chain (`act` claim) depth exceeds the maximum allowed"
                + " limit of 4");
  }

  private static String delegated(String actor) {
    return TokenRequest.running(SET_JANE + "api.authentication.setActor(" + actor + ")")
        .with("audience", FRONT)
        .post()
        .text("access_token");
  }

  @Test
  @DisplayName("§11.8 no ID token and no refresh token, whatever scopes are asked for")
  void accessTokenOnly() {
    Answer answer =
        onBehalfOf(janesToken()).with("scope", "openid profile offline_access read").post();

    assertThat(answer.json().has("id_token") || answer.json().has("refresh_token")).isFalse();
    assertThat(answer.text("scope")).isEqualTo("read");
    assertThat(answer.accessToken().path("aud").asText()).isEqualTo(API);
  }

  @Test
  @DisplayName("§11.8 no scope asked for: all that the user may do")
  void allScopes() {
    assertThat(onBehalfOf(janesToken()).post().text("scope")).isEqualTo("read write");
    assertThat(
            onBehalfOf(janesToken())
                .with("audience", "https://granted.contract.example")
                .post()
                .text("scope"))
        .isEqualTo("read");
    Answer asked = onBehalfOf(janesToken()).with("scope", "read").post();
    assertThat(asked.accessToken().path("scope").asText()).isEqualTo("read");
    assertThat(asked.json().has("scope")).isFalse();
  }

  @Test
  @DisplayName(
      "§11.8 none of the scopes that are asked for: 403; without asking, a token without any")
  void noScopes() {
    String rbac = "https://rbac.contract.example";

    assertThat(onBehalfOf(janesToken()).with("audience", rbac).with("scope", "read").post().error())
        .isEqualTo("403 access_denied: The user has none of the requested scopes");
    assertThat(onBehalfOf(janesToken()).with("audience", rbac).post().accessToken().has("scope"))
        .isFalse();
  }

  @Test
  @DisplayName(
      "§11.8 consent cannot be asked for, and client grants count where the API wants them")
  void policies() {
    assertThat(
            onBehalfOf(janesToken())
                .with("audience", "https://consent.contract.example")
                .post()
                .error())
        .isEqualTo("400 invalid_request: consent_required");
    String granted = TokenRequest.valid().with("audience", API).post().text("access_token");
    assertThat(
            onBehalfOf(granted)
                .client("back")
                .with("audience", "https://granted.contract.example")
                .post()
                .status())
        .isEqualTo(403);
    assertThat(onBehalfOf(janesToken()).with("audience", "https://nowhere.example").post().error())
        .isEqualTo("403 access_denied: Service not found: https://nowhere.example");
    String userinfo = TestNode.shared().contract() + "userinfo";
    assertThat(onBehalfOf(janesToken()).with("audience", userinfo).post().status()).isEqualTo(403);
  }

  @ParameterizedTest
  @DisplayName("§11.8 clients that are no confidential first-party API, or not enabled: 403")
  @ValueSource(
      strings = {
        "front-third-party",
        "front-not-enabled",
        "front-of-nothing",
        "app",
        "on-behalf-of-only"
      })
  void clients(String clientId) {
    Answer answer = onBehalfOf(janesToken()).client(clientId).post();

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("error")).isEqualTo("unauthorized_client");
  }

  @Test
  @DisplayName("§11.8 a public client: 403")
  void publicClient() {
    assertThat(
            onBehalfOf(janesToken())
                .with("client_id", "front-public")
                .without("client_secret")
                .post()
                .text("error"))
        .isEqualTo("unauthorized_client");
  }

  @ParameterizedTest
  @DisplayName("§11.8 a parameter is missing: 400")
  @CsvSource(
      delimiter = '|',
      value = {
        "subject_token        | Missing required parameter: subject_token",
        "audience             | Missing required parameter: audience",
        "requested_token_type | Invalid subject_token_type and requested_token_type combination.",
      })
  void missing(String parameter, String description) {
    TokenRequest request = onBehalfOf(janesToken()).without(parameter);

    assertThat(request.post().error()).isEqualTo("400 invalid_request: " + description);
  }

  @Test
  @DisplayName("§11.8 a token for another API, an ID token, a forged or an expired one: 401")
  void otherTokens() {
    Answer forApi = TokenRequest.valid().with("scope", "openid").post();
    String janes = janesToken();
    String opaque =
        TokenRequest.valid()
            .without("audience")
            .with("scope", "openid")
            .post()
            .text("access_token");
    String forged = janes.substring(0, janes.length() - 8) + "AAAAAAAA";

    for (String token :
        new String[] {
          forApi.text("access_token"), forApi.text("id_token"), opaque, forged, "a.b.c", "x"
        }) {
      TokenRequest request = onBehalfOf(token);
      assertThat(request.post().error()).isEqualTo(INVALID);
      assertThat(log(request, "/type")).isEqualTo("failed_on_behalf_of_token_exchange");
      assertThat(log(request, "/description")).startsWith("Invalid subject_token: ");
    }
  }

  @Test
  @DisplayName(
      "additions C1 tokens that are signed with the API's secret are not: its holder makes them")
  void symmetric() {
    String token =
        TokenRequest.valid()
            .with("audience", "https://secret.contract.example")
            .post()
            .text("access_token");

    assertThat(onBehalfOf(token).client("front-with-secret").post().error()).isEqualTo(INVALID);
  }

  @ParameterizedTest
  @DisplayName("additions C2 a valid one in another form: 401")
  @ValueSource(strings = {"%s ", "%s=", "\t%s", "\"%s\"", "Bearer %s", "%s."})
  void otherForm(String form) {
    assertThat(onBehalfOf(form.formatted(janesToken())).post().error()).isEqualTo(INVALID);
  }

  @Test
  @DisplayName("§11.8 a client's own token has no user on whose behalf to call: 400")
  void clientsOwnToken() {
    String own = TokenRequest.ofClient("service").with("audience", API).post().text("access_token");

    assertThat(onBehalfOf(own).client("back").with("audience", FRONT).post().error())
        .isEqualTo("400 invalid_request: The user could not be resolved.");
  }

  @Test
  @DisplayName(
      "§11.8 user and actors are looked at anew at each hop: blocked or deleted ones: 403, 400")
  void subjectAndActors() {
    String id = "obo-" + UUID.randomUUID();
    String userId = "oidc|idp|" + id;
    String token =
        TokenRequest.running(newUser(id)).with("audience", FRONT).post().text("access_token");
    String acted =
        TokenRequest.running(
                SET_JANE + "api.authentication.setActor({sub: '%s'})".formatted(userId))
            .with("audience", FRONT)
            .post()
            .text("access_token");
    assertThat(onBehalfOf(token).post().status()).isEqualTo(200);
    String second = onBehalfOf(acted).post().text("access_token");

    TestNode.shared().execute("update user_account set blocked = true where user_id = ?", userId);

    assertThat(onBehalfOf(token).post().error()).isEqualTo("403 unauthorized: user is blocked");
    String gone = "403 unauthorized: the actor of the subject token is blocked or deleted";
    assertThat(onBehalfOf(acted).post().error()).isEqualTo(gone);
    // Also behind others.
    assertThat(onBehalfOf(second).client("back").with("audience", FRONT).post().error())
        .isEqualTo(gone);

    TestNode.shared().execute("delete from user_account where user_id = ?", userId);

    assertThat(onBehalfOf(token).post().error())
        .isEqualTo("400 invalid_request: The user could not be resolved.");
    assertThat(onBehalfOf(acted).post().error()).isEqualTo(gone);
  }

  @Test
  @DisplayName("§11.8 post-login Actions are told who acts; an actor cannot pass MFA")
  void postLogin() {
    String code =
        "api.accessToken.setCustomClaim('told', [event.transaction.protocol,"
            + " event.transaction.subject_token_type, event.transaction.actor.act.sub,"
            + " event.resource_server.identifier, event.user.user_id]);";
    ObjectNode claims = onBehalfOf(janesToken()).with("post_login", code).post().accessToken();

    assertThat(claims.path("told").toString())
        .isEqualTo(
            "[\"oauth2-token-exchange\",\"%s\",\"app\",\"%s\",\"auth0|jane\"]"
                .formatted(ACCESS_TOKEN, API));
    assertThat(
            onBehalfOf(janesToken())
                .with("post_login", "api.access.deny('not on behalf of her')")
                .post()
                .error())
        .isEqualTo("403 access_denied: not on behalf of her");
    assertThat(
            onBehalfOf(janesToken())
                .with("post_login", "api.multifactor.enable('any')")
                .post()
                .error())
        .isEqualTo(
            "400 invalid_request: MFA is not supported using actor_token with the requested token"
                + " exchange profile.");
  }

  @Test
  @DisplayName("§10.1, §10.2 the log names it, who acts, the user and no token")
  void logged() {
    TokenRequest request =
        onBehalfOf(janesToken()).with("audience", "https://rfc9068.contract.example");
    Answer answer = request.post();

    assertThat(TestNode.shared().logs(request.userAgent())).hasSize(1);
    assertThat(log(request, "/type")).isEqualTo("success_on_behalf_of_token_exchange");
    assertThat(log(request, "/user_id")).isEqualTo("auth0|jane");
    assertThat(log(request, "/client_id")).isEqualTo("front");
    assertThat(log(request, "/details/subject_token_type")).isEqualTo(ACCESS_TOKEN);
    assertThat(log(request, "/details/access_token_jti"))
        .isEqualTo(answer.accessToken().path("jti").asText());
    assertThat(log(request, "/details/actor/act/sub")).isEqualTo("app");
    assertThat(TestNode.shared().logs(request.userAgent()).getFirst().toString())
        .doesNotContain(answer.text("access_token"));
  }

  @Test
  @DisplayName("§6 a token for an organization stays one; who has left gets none")
  void organization() {
    String token =
        TokenRequest.running(
                newUser("obo-org")
                    + "api.authentication.setOrganization('"
                    + organizationId()
                    + "')")
            .client("org-allowed")
            .with("audience", FRONT)
            .post()
            .text("access_token");

    assertThat(onBehalfOf(token).post().accessToken().path("org_id").asText())
        .isEqualTo(organizationId());

    TestNode.shared().execute("delete from organization_member where user_id = 'oidc|idp|obo-org'");
    assertThat(onBehalfOf(token).post().error())
        .isEqualTo(
            "403 access_denied: user oidc|idp|obo-org is not part of the %s organization"
                .formatted(organizationId()));
  }

  private static String organizationId() {
    return TestNode.shared()
        .column("select id from organization where tenant_id = 'contract' and name = 'acme'")
        .getFirst();
  }

  @ParameterizedTest
  @DisplayName("§11.7 Native Social types are told apart, and refused")
  @ValueSource(
      strings = {"apple-authz-code", "facebook-info-session-access-token", "google-id-token"})
  void nativeSocial(String type) {
    TokenRequest request =
        TokenRequest.valid()
            .with("subject_token_type", "http://auth0.com/oauth/token-type/" + type);

    assertThat(request.post().error())
        .isEqualTo(
            "400 invalid_request: Invalid subject_token_type and requested_token_type"
                + " combination.");
    assertThat(log(request, "/type")).isEqualTo("fens");
    assertThat(log(request, "/description")).isEqualTo("Native Social exchange is not configured");
  }
}
