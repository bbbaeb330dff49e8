package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("token-endpoint §7.1, §7.2: roles and permissions in tokens")
class AccessContractIT {
  private static final Administrator ADMIN =
      Administrator.anonymous(TestNode.shared().contract())
          .as("administrator", "administrator-secret-0123456789");
  private static final String PLAIN = "https://enforcing.contract.example";
  private static final String TELLING = "https://telling.contract.example";
  private static final String USER = "auth0|access";

  private static String acme = "";

  @BeforeAll
  static void setUp() {
    for (String dialect : List.of("access_token", "rfc9068_profile_authz")) {
      String identifier = dialect.equals("access_token") ? PLAIN : TELLING;
      created(
          "/resource-servers",
          "{'identifier': '%s', 'name': '%s', 'signing_alg': 'RS256', 'enforce_policies': true,"
                  .formatted(identifier, dialect)
              + " 'token_dialect': '%s', 'skip_consent_for_verifiable_first_party_clients': true,"
                  .formatted(dialect)
              + " 'scopes': [{'value': 'read'}, {'value': 'write'}, {'value': 'delete'}]}");
    }
    TokenRequest.running(
            "api.authentication.setUserByConnection('users', {user_id: 'access', email:"
                + " 'access@contract.example'}, {creationBehavior: 'create_if_not_exists'})")
        .post();
    String reader = role("access-reader", "read");
    String writer = role("access-writer", "write");
    changed("/users/" + Administrator.segment(USER) + "/roles", "{'roles': ['%s']}", reader);
    for (String api : List.of(PLAIN, TELLING)) {
      changed(
          "/users/" + Administrator.segment(USER) + "/permissions",
          "{'permissions': [{'permission_name': 'delete', 'resource_server_identifier': '%s'}]}",
          api);
    }
    acme = ADMIN.get("/organizations/name/acme").body().path("id").asText();
    changed("/organizations/" + acme + "/members", "{'members': ['%s']}", USER);
    changed(
        "/organizations/" + acme + "/members/" + Administrator.segment(USER) + "/roles",
        "{'roles': ['%s']}",
        writer);
    await().untilAsserted(() -> assertThat(request(PLAIN, "read").post().status()).isEqualTo(200));
  }

  private static String created(String path, String body) {
    Administrator.Response response = ADMIN.post(path, body);
    assertThat(response.status()).as(response.body().toString()).isIn(200, 201);
    return response.body().path("id").asText();
  }

  private static void changed(String path, String body, String value) {
    assertThat(ADMIN.post(path, body.formatted(value)).status()).isIn(201, 204);
  }

  private static String role(String name, String permission) {
    String id = created("/roles", "{'name': '%s'}".formatted(name));
    for (String api : List.of(PLAIN, TELLING)) {
      changed(
          "/roles/" + id + "/permissions",
          "{'permissions': [{'permission_name': '"
              + permission
              + "', 'resource_server_identifier': '%s'}]}",
          api);
    }
    return id;
  }

  private static TokenRequest request(String audience, String scope) {
    return TokenRequest.running("api.authentication.setUserById('%s')".formatted(USER))
        .client("org-allowed")
        .with("audience", audience)
        .with("scope", scope);
  }

  private static String scope(Answer answer) {
    return answer.accessToken().path("scope").asText();
  }

  @Test
  @DisplayName("§7.2 only what roles or direct permissions allow is granted")
  void limits() {
    assertThat(scope(request(PLAIN, "openid read write delete").post()))
        .isEqualTo("openid read delete");
  }

  @Test
  @DisplayName("§7.2 in the name of an organization, the roles held there count instead")
  void organization() {
    Answer answer = request(PLAIN, "read write delete").with("organization", acme).post();

    assertThat(scope(answer)).isEqualTo("write delete");
  }

  @Test
  @DisplayName("§7.2 an _authz dialect lists all permissions, whatever was asked for")
  void permissions() {
    Answer answer = request(TELLING, "read").post();

    assertThat(scope(answer)).isEqualTo("read");
    assertThat(answer.accessToken().path("permissions").toString())
        .isEqualTo("[\"delete\",\"read\"]");
    assertThat(
            request(TELLING, "")
                .with("organization", acme)
                .post()
                .accessToken()
                .path("permissions")
                .toString())
        .isEqualTo("[\"delete\",\"write\"]");
    assertThat(request(PLAIN, "read").post().accessToken().has("permissions")).isFalse();
  }

  @Test
  @DisplayName("§7.2 addScope and removeScope of post-login have the last word")
  void lastWord() {
    Answer answer =
        request(PLAIN, "read delete")
            .with(
                "post_login",
                "api.accessToken.addScope('write'); api.accessToken.removeScope('read')")
            .post();

    assertThat(scope(answer)).isEqualTo("delete write");
  }

  @Test
  @DisplayName("§7.2 post-login sees the names of the roles: the tenant's, or the organization's")
  void roles() {
    String show = "api.access.deny(JSON.stringify(event.authorization))";

    assertThat(request(PLAIN, "").with("post_login", show).post().text("error_description"))
        .isEqualTo("{\"roles\":[\"access-reader\"]}");
    assertThat(
            request(PLAIN, "")
                .with("organization", acme)
                .with("post_login", show)
                .post()
                .text("error_description"))
        .isEqualTo("{\"roles\":[\"access-writer\"]}");
  }
}
