package dev.cambio.e2e;

import static dev.cambio.e2e.RefreshTokenContractIT.OFFLINE;
import static dev.cambio.e2e.RefreshTokenContractIT.offline;
import static dev.cambio.e2e.RefreshTokenContractIT.offlinePublic;
import static dev.cambio.e2e.RefreshTokenContractIT.refreshToken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("token-endpoint §11.4: revocation")
class RevocationContractIT {
  private static TokenRequest revocation(String token, String clientId) {
    return TokenRequest.about(token, clientId);
  }

  private static boolean isGood(String clientId, String token) {
    Answer answer = TokenRequest.refreshing(clientId, token).post();
    assertThat(answer.status()).isIn(200, 403);
    return answer.status() == 200;
  }

  @Test
  @DisplayName("§11.4 200 without a body; the token is good no more; srrt is logged once")
  void revokes() {
    String token = refreshToken("refreshing");
    String other = refreshToken("refreshing");
    TokenRequest request = revocation(token, "refreshing").with("token_type_hint", "refresh_token");

    Answer answer = request.postTo("oauth/revoke");
    Answer again = request.postTo("oauth/revoke");

    assertThat(List.of(answer.status(), again.status())).containsOnly(200);
    assertThat(answer.response().body()).isEmpty();
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(isGood("refreshing", token)).isFalse();
    assertThat(isGood("refreshing", other)).isTrue();
    List<ObjectNode> logs = TestNode.shared().logs(request.userAgent());
    assertThat(logs).hasSize(1);
    assertThat(logs.getFirst().path("type").asText()).isEqualTo("srrt");
    assertThat(logs.getFirst().path("user_id").asText()).isEqualTo("auth0|jane");
    assertThat(logs.getFirst().path("client_id").asText()).isEqualTo("refreshing");
    assertThat(logs.getFirst().path("audience").asText()).isEqualTo(OFFLINE);
    assertThat(logs.toString()).doesNotContain(token);
  }

  @Test
  @DisplayName("§11.4 of a rotating token the family dies, also by a used one")
  void family() {
    String first = refreshToken("rotating");
    String second = TokenRequest.refreshing("rotating", first).post().text("refresh_token");

    assertThat(revocation(first, "rotating").postTo("oauth/revoke").status()).isEqualTo(200);

    assertThat(isGood("rotating", second)).isFalse();
  }

  @Test
  @DisplayName(
      "§11.4 an unknown token is 200, another client's is refused and told, and stays good")
  void others() {
    String token = refreshToken("refreshing");

    assertThat(revocation("unknown", "rotating").postTo("oauth/revoke").status()).isEqualTo(200);
    assertThat(revocation(token, "rotating").postTo("oauth/revoke").error())
        .isEqualTo("400 invalid_request: The token was issued to another client");
    assertThat(isGood("refreshing", token)).isTrue();
  }

  @Test
  @DisplayName("§11.4 a public client revokes by its id; §1.2 others authenticate")
  void authentication() {
    String token = refreshToken(offlinePublic("public-rotating"));
    String confidential = refreshToken("refreshing");

    assertThat(
            revocation(token, "public-rotating")
                .without("client_secret")
                .postTo("oauth/revoke")
                .status())
        .isEqualTo(200);
    assertThat(
            TokenRequest.refreshing("public-rotating", token)
                .without("client_secret")
                .post()
                .status())
        .isEqualTo(403);
    assertThat(
            revocation(confidential, "refreshing")
                .without("client_secret")
                .postTo("oauth/revoke")
                .error())
        .isEqualTo("401 access_denied: Unauthorized");
    assertThat(
            revocation(confidential, "refreshing")
                .basic("refreshing", "refreshing-secret-0123456789")
                .postTo("oauth/revoke")
                .status())
        .isEqualTo(200);
    assertThat(isGood("refreshing", confidential)).isFalse();
  }

  @Test
  @DisplayName("§11.4 what is no revocation request: no token, no client, another method")
  void malformed() {
    assertThat(revocation("x", "refreshing").without("token").postTo("oauth/revoke").error())
        .isEqualTo("400 invalid_request: Missing required parameter: token");
    assertThat(
            revocation("x", "refreshing")
                .without("client_id")
                .without("client_secret")
                .postTo("oauth/revoke")
                .error())
        .isEqualTo("400 invalid_request: Missing required parameter: client_id");
    assertThat(TokenRequest.get(TestNode.shared().contract() + "oauth/revoke").status())
        .isEqualTo(405);
  }

  @Test
  @DisplayName("§11.4 with the tenant's flag the whole grant dies: same user, client and API")
  void grant() {
    String token = refreshToken("refreshing");
    String same = refreshToken("refreshing");
    String otherApi =
        refreshToken(
            offline("refreshing").with("audience", "https://offline-other.contract.example"));
    String otherClient = refreshToken("rotating");
    setFlag("true");
    try {
      // The node hears of the flag a moment later; until then only the token dies.
      await()
          .until(
              () -> {
                String fresh = refreshToken("refreshing");
                revocation(fresh, "refreshing").postTo("oauth/revoke");
                return !isGood("refreshing", same);
              });

      assertThat(isGood("refreshing", token)).isFalse();
      assertThat(isGood("refreshing", otherApi)).isTrue();
      assertThat(isGood("rotating", otherClient)).isTrue();
    } finally {
      setFlag("false");
    }
  }

  private static void setFlag(String value) {
    TestNode.shared()
        .execute(
            """
            update tenant set settings = settings
              || jsonb_build_object('flags', jsonb_build_object('revoke_refresh_token_grant', %s))
            where id = 'contract'
            """
                .formatted(value));
  }

  @Test
  @DisplayName("§7.6 an opaque access token is revoked by its client alone")
  void opaque() {
    String token =
        offline("refreshing")
            .without("audience")
            .with("scope", "openid")
            .post()
            .text("access_token");

    revocation(token, "rotating").postTo("oauth/revoke");
    assertThat(introspected(token).path("active").asBoolean()).isTrue();
    revocation(token, "refreshing").postTo("oauth/revoke");
    assertThat(introspected(token).path("active").asBoolean()).isFalse();
  }

  private static ObjectNode introspected(String token) {
    return TokenRequest.about(token, "refreshing").postTo("oauth/introspect").json();
  }
}
