package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cambio.management.Administrator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("token-endpoint §2, §5: what has been withdrawn is not served at the next exchange")
class WithdrawnContractIT {
  private static final Administrator ADMIN =
      Administrator.anonymous(TestNode.shared().contract())
          .as("administrator", "administrator-secret-0123456789");

  private String name = "";

  @BeforeEach
  void fresh() {
    name = Administrator.unique("withdrawn");
  }

  private static String created(String path, String body) {
    Administrator.Response response = ADMIN.post(path, body);
    assertThat(response.status()).as(response.body().toString()).isIn(200, 201);
    return response.body().path("id").asText();
  }

  private static void awaitAnswer(TokenRequest request, String error) {
    await().untilAsserted(() -> assertThat(request.post().error()).isEqualTo(error));
  }

  private static void awaitSuccess(TokenRequest request) {
    await().untilAsserted(() -> assertThat(request.post().status()).isEqualTo(200));
  }

  @Test
  @DisplayName("§2 a deleted API, also where a token for it is exchanged again")
  void api() {
    String audience = "https://" + name + ".example";
    String id =
        created(
            "/resource-servers",
            "{'identifier': '%s', 'signing_alg': 'RS256',".formatted(audience)
                + " 'skip_consent_for_verifiable_first_party_clients': true}");
    TokenRequest first = TokenRequest.valid().with("audience", audience);
    awaitSuccess(first);
    TokenRequest again =
        TokenRequest.running(first.post().text("access_token"))
            .with("subject_token_type", "urn:contract:any-token")
            .with("action", SET_JANE)
            .with("audience", audience);
    awaitSuccess(again);

    ADMIN.delete("/resource-servers/" + id);

    awaitAnswer(first, "403 access_denied: Service not found: " + audience);
    awaitAnswer(again, "403 access_denied: Service not found: " + audience);
  }

  @Test
  @DisplayName("§2 an API that denies users from now on")
  void policy() {
    String audience = "https://" + name + ".example";
    String id =
        created(
            "/resource-servers",
            "{'identifier': '%s', 'signing_alg': 'RS256',".formatted(audience)
                + " 'skip_consent_for_verifiable_first_party_clients': true}");
    TokenRequest request = TokenRequest.valid().with("audience", audience);
    awaitSuccess(request);

    ADMIN.patch(
        "/resource-servers/" + id,
        "{'subject_type_authorization': {'user': {'policy': 'deny_all'}}}");

    await().untilAsserted(() -> assertThat(request.post().status()).isEqualTo(403));
  }

  @Test
  @DisplayName("§2 a deleted client, and one that may not exchange any more")
  void client() {
    Administrator.Response response =
        ADMIN.post(
            "/clients",
            "{'name': '%s', 'client_secret': 'a-secret-that-is-long-enough-for-this-0123456789',"
                    .formatted(name)
                + " 'oidc_conformant': true, 'token_endpoint_auth_method': 'client_secret_post',"
                + " 'token_exchange': {'allow_any_profile_of_type': ['custom_authentication']}}");
    String id = response.body().path("client_id").asText();
    TokenRequest request =
        TokenRequest.running("api.access.deny('ran', 'ran')")
            .with("client_id", id)
            .with("client_secret", response.body().path("client_secret").asText());
    awaitAnswer(request, "400 ran: ran");

    ADMIN.patch("/clients/" + id, "{'token_exchange': {'allow_any_profile_of_type': []}}");
    awaitAnswer(
        request, "403 unauthorized_client: Custom Token Exchange is not enabled for the client");
    ADMIN.delete("/clients/" + id);
    awaitAnswer(request, "401 access_denied: Unauthorized");
  }

  @Test
  @DisplayName("§2 a profile that is deleted, and one whose Action is")
  void profile() {
    String action =
        created(
            "/actions/actions",
            "{'name': '%s', 'deploy': true, 'supported_triggers': [{'id':".formatted(name)
                + " 'custom-token-exchange', 'version': 'v1'}], 'code':"
                + " 'exports.onExecuteCustomTokenExchange = async (event, api) =>"
                + " api.access.deny(`ran`, `ran`);'}");
    String type = "urn:contract:" + name;
    await()
        .untilAsserted(
            () ->
                assertThat(
                        ADMIN
                            .post(
                                "/token-exchange-profiles",
                                "{'name': '%s', 'subject_token_type': '%s', 'action_id': '%s',"
                                        .formatted(name, type, action)
                                    + " 'type': 'custom_authentication'}")
                            .status())
                    .isIn(201, 409));
    TokenRequest request = TokenRequest.valid().with("subject_token_type", type);
    awaitAnswer(request, "400 ran: ran");

    ADMIN.delete("/actions/actions/" + action + "?force=true");
    await().untilAsserted(() -> assertThat(request.post().status()).isEqualTo(500));
    for (var profile :
        ADMIN.get("/token-exchange-profiles").body().path("token_exchange_profiles")) {
      if (profile.path("subject_token_type").asText().equals(type)) {
        ADMIN.delete("/token-exchange-profiles/" + profile.path("id").asText());
      }
    }
    awaitAnswer(
        request,
        "400 invalid_request: Invalid subject_token_type and requested_token_type combination.");
  }

  @Test
  @DisplayName("§2, §5.6 a connection that is switched off for the client, then deleted")
  void connection() {
    String id =
        created(
            "/connections",
            "{'name': '%s', 'strategy': 'oidc', 'enabled_clients': ['app']}".formatted(name));
    TokenRequest request =
        TokenRequest.running(
            "api.authentication.setUserByConnection('%1$s', {user_id: 'u', email: 'u@a.example'},"
                    .formatted(name)
                + " {creationBehavior: 'create_if_not_exists'})");
    awaitSuccess(request);

    ADMIN.patch("/connections/" + id + "/clients", "[{'client_id': 'app', 'status': false}]");
    awaitAnswer(request, "400 invalid_request: the connection was disabled");
    ADMIN.delete("/connections/" + id);
    awaitAnswer(request, "400 invalid_request: the connection was not found");
  }

  @Test
  @DisplayName("§5.1 a user who is blocked, then deleted, at once and without waiting")
  void user() {
    String create =
        "api.authentication.setUserByConnection('idp', {user_id: '%1$s', email: '%1$s@a.example'},"
                .formatted(name)
            + " {creationBehavior: 'create_if_not_exists'})";
    TokenRequest.running(create).post();
    String userId = "oidc|idp|" + name;
    TokenRequest request =
        TokenRequest.running("api.authentication.setUserById('%s')".formatted(userId));
    assertThat(request.post().status()).isEqualTo(200);

    ADMIN.patch("/users/" + Administrator.segment(userId), "{'blocked': true}");
    assertThat(request.post().error()).isEqualTo("403 unauthorized: user is blocked");
    ADMIN.delete("/users/" + Administrator.segment(userId));
    assertThat(request.post().error())
        .isEqualTo("400 invalid_request: The user could not be resolved.");
  }
}
