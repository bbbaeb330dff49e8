package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
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

  private static List<String> types(TokenRequest request) {
    return TestNode.shared().logs(request.userAgent()).stream()
        .map(entry -> entry.path("type").asText())
        .toList();
  }
}
