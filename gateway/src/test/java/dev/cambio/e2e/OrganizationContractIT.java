package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Organizations, contract token-endpoint §6")
class OrganizationContractIT {
  private static final Administrator ADMIN =
      Administrator.anonymous(TestNode.shared().contract())
          .as("administrator", "administrator-secret-0123456789");

  private static String acme = "";
  private static String other = "";

  @BeforeAll
  static void setUp() {
    acme = ADMIN.get("/organizations/name/acme").body().path("id").asText();
    other = ADMIN.get("/organizations/name/other").body().path("id").asText();
    assertThat(
            ADMIN
                .post("/organizations/" + acme + "/members", "{'members':['auth0|jane']}")
                .status())
        .isEqualTo(204);
  }

  private static TokenRequest running(String code) {
    return TokenRequest.running(code).client("org-allowed").with("scope", "openid");
  }

  private static TokenRequest forAcme(String code) {
    return running(code).with("organization", acme);
  }

  @Test
  @DisplayName("§6 a member's tokens carry org_id, and no org_name while names are not allowed")
  void marksTokens() {
    Answer answer = forAcme(SET_JANE).post();

    assertThat(answer.status()).isEqualTo(200);
    for (JsonNode claims : List.of(answer.accessToken(), answer.idToken())) {
      assertThat(claims.path("org_id").asText()).isEqualTo(acme);
      assertThat(claims.has("org_name")).isFalse();
    }
  }

  @Test
  @DisplayName("§6 both Actions see event.organization")
  void tellsActions() {
    String check =
        "if (JSON.stringify(event.organization) !== JSON.stringify({id: '"
            + acme
            + "', name: 'acme', display_name: 'Acme', metadata: {tier: 'gold'}}))"
            + " api.access.deny(JSON.stringify(event.organization), 'no');";

    assertThat(forAcme(check + SET_JANE).with("post_login", check).post().status()).isEqualTo(200);
    assertThat(
            running("if (event.organization) api.access.deny('x', 'there');" + SET_JANE)
                .post()
                .status())
        .isEqualTo(200);
  }

  @Test
  @DisplayName("§6 setOrganization works without the parameter, and must agree with it")
  void followsTheAction() {
    String set = "api.authentication.setOrganization('%s');" + SET_JANE;

    assertThat(running(set.formatted(acme)).post().accessToken().path("org_id").asText())
        .isEqualTo(acme);
    assertThat(forAcme(set.formatted(acme)).post().status()).isEqualTo(200);
    assertThat(forAcme(set.formatted(other)).post().error())
        .isEqualTo("400 invalid_request: The organization differs from the parameter organization");
    assertThat(running(set.formatted("org_nobody")).post().error())
        .isEqualTo("400 invalid_request: parameter organization is invalid: org_nobody");
    assertThat(TokenRequest.running(set.formatted(acme)).post().error())
        .isEqualTo("400 invalid_request: parameter organization is not allowed for this client");
    assertThat(TokenRequest.running(set.formatted(acme)).client("org-required").post().status())
        .isEqualTo(200);
  }

  @Test
  @DisplayName("§6 setUserById: who is no member is refused, whatever the connection assigns")
  void requiresMembership() {
    assertThat(forAcme("api.authentication.setUserById('auth0|sam');").post().error())
        .isEqualTo(
            "403 access_denied: user auth0|sam is not part of the " + acme + " organization");
  }

  @Test
  @DisplayName("§6 setUserByConnection: the first login makes a member, and is logged once")
  void joins() {
    String id = Administrator.unique("joiner");
    String code =
        "api.authentication.setUserByConnection('idp', {user_id: '%s', email: '%s@x.example'},"
            + " {creationBehavior: 'create_if_not_exists', updateBehavior: 'none'});";
    TokenRequest first = forAcme(code.formatted(id, id));
    TokenRequest second = forAcme(code.formatted(id, id));

    Answer answer = first.post();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(second.post().status()).isEqualTo(200);
    assertThat(types(first)).containsExactly("organization_member_added", "secte");
    assertThat(types(second)).containsExactly("secte");
    assertThat(
            ADMIN
                .get(
                    "/users/"
                        + Administrator.segment(answer.accessToken().path("sub").asText())
                        + "/organizations")
                .body()
                .findValuesAsText("name"))
        .containsExactly("acme");
  }

  @Test
  @DisplayName("§6 a connection that does not assign membership, or is not enabled, is refused")
  void honoursConnections() {
    String database =
        "api.authentication.setUserByConnection('users', {user_id: 'sam'},"
            + " {creationBehavior: 'none', updateBehavior: 'none'});";
    String social =
        "api.authentication.setUserByConnection('social', {user_id: 'x1', email: 'x1@x.example'},"
            + " {creationBehavior: 'create_if_not_exists', updateBehavior: 'none'});";

    assertThat(forAcme(database).post().error())
        .isEqualTo(
            "403 access_denied: user auth0|sam is not part of the " + acme + " organization");
    assertThat(forAcme(social).post().error())
        .isEqualTo(
            "403 access_denied: user google-oauth2|x1 is not part of the "
                + acme
                + " organization");
  }

  @Test
  @DisplayName("§6 names are for tenants that allow them; then tokens have org_name too")
  void allowsNames() {
    assertThat(running(SET_JANE).with("organization", "acme").post().error())
        .isEqualTo("400 invalid_request: parameter organization is invalid: acme");
    String setting = "{'allow_organization_name_in_authentication_api':%s}";
    ADMIN.patch("/tenants/settings", setting.formatted("true"));
    try {
      Answer answer =
          await()
              .until(
                  () -> running(SET_JANE).with("organization", "acme").post(),
                  by -> by.status() == 200);

      assertThat(answer.accessToken().path("org_name").asText()).isEqualTo("acme");
      assertThat(answer.idToken().path("org_name").asText()).isEqualTo("acme");
    } finally {
      ADMIN.patch("/tenants/settings", setting.formatted("false"));
    }
  }

  @Test
  @DisplayName("§6, §10.2 the log names the organization")
  void logs() {
    TokenRequest request = forAcme(SET_JANE);
    request.post();

    JsonNode entry = TestNode.shared().logs(request.userAgent()).getFirst();
    assertThat(entry.path("organization_id").asText()).isEqualTo(acme);
    assertThat(entry.path("organization_name").asText()).isEqualTo("acme");
  }

  private static List<String> types(TokenRequest request) {
    return TestNode.shared().logs(request.userAgent()).stream()
        .map(entry -> entry.path("type").asText())
        .toList();
  }
}
