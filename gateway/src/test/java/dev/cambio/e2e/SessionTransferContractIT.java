package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §4.6: Session Transfer Tokens")
class SessionTransferContractIT {
  private static final String STT = "urn:auth0:params:oauth:token-type:session_transfer_token";
  private static final String WITH_ACTOR =
      SET_JANE + "api.authentication.setActor({sub: 'auth0|sam', role: 'support'});";

  private static String audience(String issuer) {
    return "urn:" + URI.create(issuer).getAuthority() + ":session_transfer";
  }

  private static TokenRequest request(String code) {
    return TokenRequest.running(code)
        .client("transfer")
        .with("audience", audience(TestNode.shared().contract()));
  }

  @Test
  @DisplayName("§4.6 the answer holds the token and its kind, and no other token")
  void answer() {
    Answer answer = request(WITH_ACTOR).with("scope", "openid profile offline_access read").post();

    assertThat(answer.status()).isEqualTo(200);
    ObjectNode json = answer.json();
    assertThat(json.remove("access_token").asText()).matches("[A-Za-z0-9_-]{43}");
    assertThat(Json.write(json))
        .isEqualTo("{\"issued_token_type\":\"%s\",\"token_type\":\"N_A\",\"expires_in\":60}", STT);
  }

  @Test
  @DisplayName("§4.6 the token is kept by its hash, bound to user, connection, actor and address")
  void binding() throws IOException {
    TokenRequest request = request(WITH_ACTOR);
    String token = request.post().text("access_token");

    List<String> rows =
        TestNode.shared()
            .column(
                """
                select to_jsonb(t)::text from opaque_token t where token_hash = sha256(?::bytea)
                """,
                token);
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst()).doesNotContain(token);
    ObjectNode row = (ObjectNode) Json.parse(rows.getFirst());
    assertThat(row.path("kind").asText()).isEqualTo("session_transfer_token");
    assertThat(row.path("client_id").asText()).isEqualTo("transfer");
    assertThat(row.path("user_id").asText()).isEqualTo("auth0|jane");
    assertThat(row.path("payload"))
        .isEqualTo(
            Json.parse(
                """
                {"ip": "127.0.0.1", "connection": "users",
                 "act": {"sub": "auth0|sam", "role": "support"}}
                """));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", STT, "urn:ietf:params:oauth:token-type:access_token"})
  @DisplayName("§1.6 with this audience, both kinds of token may be requested, or none")
  void requestedType(String type) {
    Answer answer = request(WITH_ACTOR).with("requested_token_type", type).post();

    assertThat(answer.text("issued_token_type")).isEqualTo(STT);
  }

  @Test
  @DisplayName("§1.6 with another audience, a Session Transfer Token is the wrong type")
  void otherAudience() {
    assertThat(
            request(WITH_ACTOR)
                .with("audience", "https://api.contract.example")
                .with("requested_token_type", STT)
                .post()
                .error())
        .isEqualTo(
            "400 invalid_request: Invalid subject_token_type and requested_token_type"
                + " combination.");
  }

  @Test
  @DisplayName("§4.6 Actions see the audience as event.resource_server")
  void event() {
    String check =
        "if (event.resource_server.identifier !== '%s') api.access.deny('other', 'other');"
            .formatted(audience(TestNode.shared().contract()));

    assertThat(request(check + WITH_ACTOR).with("post_login", check).post().status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"app", "bound"})
  @DisplayName("§4.6 a client that may not create Session Transfer Tokens: 403")
  void clientNotEnabled(String client) {
    Answer answer = request(WITH_ACTOR).client(client).post();

    assertThat(answer.error())
        .isEqualTo(
            "403 unauthorized_client: Session Transfer Tokens are not enabled for the client");
  }

  @Test
  @DisplayName("§4.6 a public client: 403")
  void publicClient() {
    Answer answer =
        request(WITH_ACTOR).without("client_secret").with("client_id", "public-transfer").post();

    assertThat(answer.error())
        .isEqualTo(
            "403 unauthorized_client: Session Transfer Tokens are for confidential clients only");
  }

  @Test
  @DisplayName("§4.6 without setActor: 400, and no user is touched")
  void noActor() {
    String create =
        "api.authentication.setUserByConnection('users', {user_id: 'stt-none', email:"
            + " 'stt-none@contract.example'}, {creationBehavior: 'create_if_not_exists'});";

    assertThat(request(create).post().error())
        .isEqualTo("400 invalid_request: A Session Transfer Token requires an actor");
    assertThat(
            TestNode.shared()
                .column("select user_id from user_account where user_id = 'auth0|stt-none'"))
        .isEmpty();
  }

  @Test
  @DisplayName("§4.6 a chain of actors: 400")
  void nestedActor() {
    assertThat(
            request(
                    SET_JANE
                        + "api.authentication.setActor({sub: 'auth0|sam', act: {sub: 'bot'}});")
                .post()
                .error())
        .isEqualTo("400 invalid_request: A Session Transfer Token allows one actor only");
  }

  @Test
  @DisplayName("§4.6 it is no access token")
  void noAccessToken() {
    String token = request(WITH_ACTOR).with("scope", "openid").post().text("access_token");

    assertThat(UserinfoContractIT.get(token).status()).isEqualTo(401);
  }

  @Test
  @DisplayName("§4.6 unless it is switched on, the audience is unknown")
  void switchedOff() throws Exception {
    try (ClusterFixture node = ClusterFixture.start()) {
      String audience = audience(node.issuer());
      assertThat(
              TokenRequest.quickstart(node.issuer(), "urn:acme:partner-token", "any")
                  .with("audience", audience)
                  .post()
                  .error())
          .isEqualTo("403 access_denied: Service not found: " + audience);
    }
  }
}
