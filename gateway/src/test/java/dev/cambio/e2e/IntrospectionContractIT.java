package dev.cambio.e2e;

import static dev.cambio.e2e.RefreshTokenContractIT.OFFLINE;
import static dev.cambio.e2e.RefreshTokenContractIT.change;
import static dev.cambio.e2e.RefreshTokenContractIT.offline;
import static dev.cambio.e2e.RefreshTokenContractIT.offlinePublic;
import static dev.cambio.e2e.RefreshTokenContractIT.refreshToken;
import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 7662 introspection, by the owner of a token alone")
class IntrospectionContractIT {
  private static final String INACTIVE = "{\"active\":false}";

  private static String introspect(String token, String clientId) {
    Answer answer = TokenRequest.about(token, clientId).postTo("oauth/introspect");
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    return answer.response().body();
  }

  private static ObjectNode active(String token, String clientId) {
    ObjectNode json = TokenRequest.about(token, clientId).postTo("oauth/introspect").json();
    assertThat(json.path("active").asBoolean()).as(json.toString()).isTrue();
    return json;
  }

  @Test
  @DisplayName("a signed access token, for its client and for the client that stands for its API")
  void signed() {
    Answer exchange = offline("refreshing").post();
    String token = exchange.text("access_token");

    for (String owner : List.of("refreshing", "offline-api")) {
      ObjectNode answer = active(token, owner);
      assertThat(answer.path("client_id").asText()).isEqualTo("refreshing");
      assertThat(answer.path("token_type").asText()).isEqualTo("Bearer");
      assertThat(answer.path("scope").asText()).isEqualTo("openid read offline_access");
      assertThat(answer.path("sub").asText()).isEqualTo("auth0|jane");
      assertThat(answer.path("exp")).isEqualTo(exchange.accessToken().path("exp"));
      assertThat(answer.path("aud").path(0).asText()).isEqualTo(OFFLINE);
    }
    assertThat(introspect(token, "rotating")).isEqualTo(INACTIVE);
    assertThat(introspect(token, "app")).isEqualTo(INACTIVE);
  }

  @Test
  @DisplayName("who acts for the user, and what a token is bound to, is told")
  void delegatedAndBound() {
    DpopProof proof = DpopProof.es256();
    Answer exchange =
        TokenRequest.running(
                SET_JANE + "api.authentication.setActor({sub: 'sam', role: 'support'})")
            .client("refreshing")
            .with("audience", "https://offline-dpop.contract.example")
            .header("DPoP", proof.sign())
            .post();

    ObjectNode answer = active(exchange.text("access_token"), "refreshing");

    assertThat(answer.path("act").toString()).isEqualTo("{\"sub\":\"sam\",\"role\":\"support\"}");
    assertThat(answer.path("token_type").asText()).isEqualTo("DPoP");
    assertThat(answer.path("cnf").path("jkt").asText()).isEqualTo(proof.thumbprint());
  }

  @Test
  @DisplayName("an access token of HS256, an opaque one, and a client's own")
  void otherKinds() {
    String symmetric =
        offline("refreshing")
            .with("audience", "https://offline-symmetric.contract.example")
            .post()
            .text("access_token");
    String opaque =
        offline("refreshing")
            .without("audience")
            .with("scope", "openid")
            .post()
            .text("access_token");
    String own =
        TokenRequest.ofClient("service")
            .with("audience", "https://api.contract.example")
            .post()
            .text("access_token");

    assertThat(active(symmetric, "refreshing").path("jti").asText()).isNotEmpty();
    assertThat(active(opaque, "refreshing").path("aud").asText())
        .isEqualTo(TestNode.shared().contract() + "userinfo");
    assertThat(introspect(opaque, "rotating")).isEqualTo(INACTIVE);
    assertThat(active(own, "service").path("sub").asText()).isEqualTo("service@clients");
  }

  @Test
  @DisplayName(
      "a refresh token, for its client alone; a used, an expired, a revoked one is inactive")
  void refreshTokens() {
    String token = refreshToken("rotating");

    ObjectNode answer = active(token, "rotating");

    assertThat(answer.path("client_id").asText()).isEqualTo("rotating");
    assertThat(answer.path("scope").asText()).isEqualTo("openid read offline_access");
    assertThat(answer.path("aud").asText()).isEqualTo(OFFLINE);
    assertThat(answer.path("exp").asLong() - answer.path("iat").asLong()).isBetween(598L, 601L);
    assertThat(introspect(token, "offline-api")).isEqualTo(INACTIVE);

    String next = TokenRequest.refreshing("rotating", token).post().text("refresh_token");
    assertThat(introspect(token, "rotating")).isEqualTo(INACTIVE);
    assertThat(active(next, "rotating").path("sub").asText()).isEqualTo("auth0|jane");
    change(next, "expires_at = now() - interval '1 second'");
    assertThat(introspect(next, "rotating")).isEqualTo(INACTIVE);
    String revoked = refreshToken("rotating");
    TokenRequest.about(revoked, "rotating").postTo("oauth/revoke");
    assertThat(introspect(revoked, "rotating")).isEqualTo(INACTIVE);
  }

  @ParameterizedTest
  @DisplayName("what is no token of ours is inactive, and never more than that")
  @ValueSource(
      strings = {
        "x",
        "a.b.c",
        "eyJhbGciOiJub25lIn0.e30.x",
        "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJodHRwczovL29mZmxpbmUtc3ltbWV0cmljLmNvbnRyYWN0LmV4YW1wbGUifQ.AAAA",
        "🙂"
      })
  void noTokens(String token) {
    assertThat(introspect(token, "refreshing")).isEqualTo(INACTIVE);
  }

  @Test
  @DisplayName("an ID token is none, a token whose signature is changed is none")
  void forged() {
    Answer exchange = offline("refreshing").post();
    String token = exchange.text("access_token");
    int last = token.lastIndexOf('.') + 1;
    String changed =
        token.substring(0, last)
            + (token.charAt(last) == 'A' ? 'B' : 'A')
            + token.substring(last + 1);

    assertThat(introspect(exchange.text("id_token"), "refreshing")).isEqualTo(INACTIVE);
    assertThat(introspect(changed, "refreshing")).isEqualTo(INACTIVE);
  }

  @Test
  @DisplayName("tokens of a blocked user and of a deleted one are inactive at once")
  void users() {
    Administrator admin =
        Administrator.anonymous(TestNode.shared().contract())
            .as("administrator", "administrator-secret-0123456789");
    String name = Administrator.unique("introspected");
    Answer exchange =
        TokenRequest.running(
                "api.authentication.setUserByConnection('idp', {user_id: '%1$s', email:"
                        .formatted(name)
                    + " '%s@a.example'}, {creationBehavior: 'create_if_not_exists'})"
                        .formatted(name))
            .client("refreshing")
            .with("audience", OFFLINE)
            .with("scope", "read offline_access")
            .post();
    List<String> tokens = List.of(exchange.text("access_token"), exchange.text("refresh_token"));
    String path = "/users/" + Administrator.segment("oidc|idp|" + name);
    tokens.forEach(token -> active(token, "refreshing"));

    admin.patch(path, "{'blocked': true}");
    assertThat(tokens)
        .allSatisfy(token -> assertThat(introspect(token, "refreshing")).isEqualTo(INACTIVE));
    admin.patch(path, "{'blocked': false}");
    tokens.forEach(token -> active(token, "refreshing"));
    admin.delete(path);
    assertThat(tokens)
        .allSatisfy(token -> assertThat(introspect(token, "refreshing")).isEqualTo(INACTIVE));
  }

  @Test
  @DisplayName("a client must authenticate; a public one learns nothing, not even of its own")
  void clients() {
    String token = refreshToken(offlinePublic("public-rotating"));

    assertThat(
            TokenRequest.about(token, "public-rotating")
                .without("client_secret")
                .postTo("oauth/introspect")
                .response()
                .body())
        .isEqualTo(INACTIVE);
    assertThat(
            TokenRequest.about(token, "refreshing")
                .with("client_secret", "wrong")
                .postTo("oauth/introspect")
                .error())
        .isEqualTo("401 access_denied: Unauthorized");
    assertThat(TokenRequest.about("", "refreshing").postTo("oauth/introspect").error())
        .isEqualTo("400 invalid_request: Missing required parameter: token");
    assertThat(TokenRequest.get(TestNode.shared().contract() + "oauth/introspect").status())
        .isEqualTo(405);
  }

  @Test
  @DisplayName("token-endpoint §11.1 the metadata names the endpoints and what they take")
  void metadata() {
    String issuer = TestNode.shared().contract();
    ObjectNode document = TokenRequest.get(issuer + ".well-known/openid-configuration").json();

    assertThat(document.path("revocation_endpoint").asText()).isEqualTo(issuer + "oauth/revoke");
    assertThat(document.path("introspection_endpoint").asText())
        .isEqualTo(issuer + "oauth/introspect");
    assertThat(document.path("grant_types_supported"))
        .anySatisfy(type -> assertThat(type.asText()).isEqualTo("refresh_token"));
    assertThat(document.path("scopes_supported"))
        .anySatisfy(scope -> assertThat(scope.asText()).isEqualTo("offline_access"));
    assertThat(document.path("revocation_endpoint_auth_methods_supported"))
        .anySatisfy(method -> assertThat(method.asText()).isEqualTo("none"));
    assertThat(document.path("introspection_endpoint_auth_methods_supported"))
        .isNotEmpty()
        .noneSatisfy(method -> assertThat(method.asText()).isEqualTo("none"));
  }
}
