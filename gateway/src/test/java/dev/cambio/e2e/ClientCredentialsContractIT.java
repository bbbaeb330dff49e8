package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("client_credentials, contract token-endpoint §11.5")
class ClientCredentialsContractIT {
  private static final String API = "https://api.contract.example";
  private static final String RFC_9068 = "https://rfc9068.contract.example";

  private static TokenRequest request() {
    return TokenRequest.ofClient("service").with("audience", API);
  }

  @Test
  @DisplayName("§11.5 the token is the client's own: sub, azp, gty and the scopes of its grant")
  void issues() {
    Answer answer = request().post();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("token_type")).isEqualTo("Bearer");
    assertThat(answer.text("scope")).isEqualTo("read");
    assertThat(answer.json().has("id_token")).isFalse();
    assertThat(answer.json().has("issued_token_type")).isFalse();
    ObjectNode claims = answer.accessToken();
    assertThat(claims.path("sub").asText()).isEqualTo("service@clients");
    assertThat(claims.path("azp").asText()).isEqualTo("service");
    assertThat(claims.path("gty").asText()).isEqualTo("client-credentials");
    assertThat(claims.path("aud").asText()).isEqualTo(API);
    assertThat(claims.path("scope").asText()).isEqualTo("read");
  }

  @Test
  @DisplayName("§11.5 the RFC 9068 dialect has client_id and jti, and no gty")
  void issuesRfc9068() {
    ObjectNode claims = request().with("audience", RFC_9068).post().accessToken();

    assertThat(claims.path("client_id").asText()).isEqualTo("service");
    assertThat(claims.path("jti").asText()).isNotEmpty();
    assertThat(claims.has("gty")).isFalse();
  }

  @Test
  @DisplayName("§11.5 of the requested scopes, those of the grant are granted")
  void narrowsScopes() {
    Answer answer = request().with("scope", "read write openid").post();

    assertThat(answer.accessToken().path("scope").asText()).isEqualTo("read");
    assertThat(answer.json().has("id_token")).isFalse();
  }

  @Test
  @DisplayName("§11.5 no audience: 400")
  void requiresAudience() {
    assertThat(request().without("audience").post().error())
        .isEqualTo("400 invalid_request: Missing required parameter: audience");
  }

  @Test
  @DisplayName("§11.5 no grant for the API: 403 access_denied")
  void requiresGrant() {
    assertThat(request().with("audience", "https://granted.contract.example").post().error())
        .isEqualTo(
            "403 access_denied: Client is not authorized to access"
                + " \"https://granted.contract.example\".");
  }

  @Test
  @DisplayName("§11.5 an API that denies clients: 403 access_denied in spite of a grant")
  void honoursClientPolicy() {
    assertThat(request().with("audience", "https://users-only.contract.example").post().error())
        .isEqualTo(
            "403 access_denied: Client is not authorized to access"
                + " \"https://users-only.contract.example\".");
  }

  @Test
  @DisplayName("§11.5 a client whose grant_types do not name it: 403 unauthorized_client")
  void requiresGrantType() {
    assertThat(request().client("app").post().error())
        .isEqualTo(
            "403 unauthorized_client: Grant type 'client_credentials' not allowed for the client.");
  }

  @Test
  @DisplayName("§11.5 a wrong secret: 401")
  void requiresSecret() {
    assertThat(request().with("client_secret", "wrong").post().status()).isEqualTo(401);
  }

  @Test
  @DisplayName("§10.1 success is logged as seccft, failure as feccft")
  void logs() {
    TokenRequest good = request();
    TokenRequest bad = request().with("audience", "https://unknown.example");
    good.post();
    bad.post();

    assertThat(types(good)).containsExactly("seccft");
    assertThat(types(bad)).containsExactly("feccft");
    assertThat(TestNode.shared().logs(bad.userAgent()).getFirst().path("description").asText())
        .isEqualTo("Service not found: https://unknown.example");
  }

  @Test
  @DisplayName("§10.4 feccft says why a client did not authenticate")
  void authenticationError() {
    TokenRequest bad = request().with("client_secret", "wrong");
    bad.post();

    assertThat(
            TestNode.shared()
                .logs(bad.userAgent())
                .getFirst()
                .at("/details/client_authentoication_error")
                .asText())
        .isEqualTo("client 'service' is unknown or did not authenticate");
  }

  @Nested
  @DisplayName("§11.5 organizations")
  class ForOrganizations {
    private static TokenRequest forOrganization(String audience, String organization) {
      return TokenRequest.ofClient("org-service")
          .with("audience", audience)
          .with("organization", organization);
    }

    private static String idOf(String name) {
      return TestNode.shared()
          .column("select id from organization where tenant_id = 'contract' and name = ?", name)
          .getFirst();
    }

    @Test
    @DisplayName("§11.5 the token is for the organization that is named, if the grant allows any")
    void named() {
      TokenRequest request = forOrganization(API, idOf("acme"));
      ObjectNode claims = request.post().accessToken();

      assertThat(claims.path("org_id").asText()).isEqualTo(idOf("acme"));
      assertThat(claims.has("org_name")).isFalse();
      assertThat(
              TestNode.shared()
                  .logs(request.userAgent())
                  .getLast()
                  .path("organization_name")
                  .asText())
          .isEqualTo("acme");
      assertThat(
              forOrganization(API, "x").without("organization").post().accessToken().has("org_id"))
          .isFalse();
    }

    @Test
    @DisplayName("§11.5 unknown ones are 400, as are any where the grant denies them")
    void refused() {
      assertThat(forOrganization(API, "org_unknown").post().error())
          .isEqualTo("400 invalid_request: parameter organization is invalid: org_unknown");
      assertThat(forOrganization(API, "acme").post().error())
          .isEqualTo("400 invalid_request: parameter organization is invalid: acme");
      assertThat(request().with("organization", idOf("acme")).post().error())
          .isEqualTo("400 invalid_request: parameter organization is not allowed for this client");
    }

    @Test
    @DisplayName(
        "§11.5 a grant that requires one takes those that are assigned to it, or the default")
    void required() {
      TokenRequest acme = forOrganization(RFC_9068, idOf("acme"));
      assertThat(forOrganization(RFC_9068, "x").without("organization").post().error())
          .isEqualTo("400 invalid_request: parameter organization is required for this client");
      assertThat(acme.post().error())
          .isEqualTo("403 access_denied: Client is not authorized to access \"" + RFC_9068 + "\".");

      TestNode.shared()
          .execute(
              """
              insert into organization_client_grant (tenant_id, organization_id, grant_id)
              select tenant_id, ?, id from client_grant
              where tenant_id = 'contract' and client_id = 'org-service' and audience = ?
              """,
              idOf("acme"),
              RFC_9068);
      TestNode.shared()
          .execute(
              "update client set payload = payload || jsonb_build_object('default_organization',"
                  + " jsonb_build_object('organization_id', ?::text))"
                  + " where tenant_id = 'contract' and client_id = 'org-service'",
              idOf("acme"));

      await().until(() -> acme.post().status() == 200);
      assertThat(forOrganization(RFC_9068, idOf("other")).post().status()).isEqualTo(403);
      assertThat(
              forOrganization(RFC_9068, "x")
                  .without("organization")
                  .post()
                  .accessToken()
                  .path("org_id")
                  .asText())
          .isEqualTo(idOf("acme"));
    }
  }

  @Nested
  @DisplayName("§11.5 credentials-exchange Actions")
  class CredentialsExchange {
    private static TokenRequest running(String code) {
      return request().with("credentials_exchange", code);
    }

    @Test
    @DisplayName("§11.5 claims are added as in other tokens; restricted names are not")
    void claims() {
      ObjectNode claims =
          running(
                  "for (const n of ['role', 'https://acme.example/c', 'sub', 'gty', 'email'])"
                      + " api.accessToken.setCustomClaim(n, 'custom')")
              .post()
              .accessToken();

      assertThat(claims.path("role").asText()).isEqualTo("custom");
      assertThat(claims.path("https://acme.example/c").asText()).isEqualTo("custom");
      assertThat(claims.path("sub").asText()).isEqualTo("service@clients");
      assertThat(claims.path("gty").asText()).isEqualTo("client-credentials");
      assertThat(claims.has("email")).isFalse();
    }

    @Test
    @DisplayName("§11.5 the Management API's tokens take none but namespaced claims")
    void management() {
      String audience = TestNode.shared().contract() + "api/v2/";
      ObjectNode claims =
          TokenRequest.ofClient("reader")
              .with("audience", audience)
              .with(
                  "credentials_exchange",
                  "for (const n of ['role', 'urn:acme:c', 'https://acme.example/c'])"
                      + " api.accessToken.setCustomClaim(n, 'custom')")
              .post()
              .accessToken();

      assertThat(claims.has("role") || claims.has("urn:acme:c")).isFalse();
      assertThat(claims.path("https://acme.example/c").asText()).isEqualTo("custom");
    }

    @Test
    @DisplayName("§11.5 deny refuses with its code, whatever comes after it")
    void deny() {
      assertThat(running("api.access.deny('invalid_scope', 'not that'); throw 1").post().error())
          .isEqualTo("400 invalid_scope: not that");
      assertThat(running("api.access.deny('server_error', 'down')").post().error())
          .isEqualTo("500 server_error: down");
      TokenRequest failing = running("throw new Error(event.secrets.API_KEY)");
      assertThat(failing.post().error())
          .isEqualTo("500 server_error: The request could not be completed");
      assertThat(types(failing)).containsExactly("actions_execution_failed", "feccft");
      assertThat(TestNode.shared().logs(failing.userAgent()).toString())
          .doesNotContain("a-secret-of-the-credentials-action");
    }

    @Test
    @DisplayName("§11.5 what they are told, and that api has nothing that is only for users")
    void event() {
      TokenRequest request =
          running(
                  "api.access.deny('told', JSON.stringify([event.client.client_id,"
                      + " event.resource_server.identifier, event.tenant.id, event.request.method,"
                      + " event.request.body.client_secret, event.transaction.requested_scopes,"
                      + " event.accessToken, Object.keys(event).sort(), Object.keys(api).sort()]))")
              .with("scope", "read write");

      assertThat(request.post().text("error_description"))
          .isEqualTo(
              "[\"service\",\"https://api.contract.example\",\"contract\",\"POST\",null,"
                  + "[\"read\",\"write\"],{\"customClaims\":{},\"scope\":[\"read\"]},"
                  + "[\"accessToken\",\"client\",\"request\",\"resource_server\",\"secrets\","
                  + "\"tenant\",\"transaction\"],[\"access\",\"accessToken\",\"cache\"]]");
    }
  }

  private static List<String> types(TokenRequest request) {
    return TestNode.shared().logs(request.userAgent()).stream()
        .map(entry -> entry.path("type").asText())
        .toList();
  }
}
