package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.e2e.TokenRequest.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("token-endpoint §4.3, §4.4: delegation is not lost when a token is exchanged again")
class DelegationContractIT {
  private static final String SAM = "api.authentication.setActor({sub: 'auth0|sam', role: 'x'});";

  /** A token for Jane in which Sam acts. */
  private static TokenRequest delegated() {
    return TokenRequest.running(SET_JANE + SAM).with("scope", "openid");
  }

  /** Exchanges a token once more. */
  private static Answer again(String token, String action) {
    return TokenRequest.running(token)
        .with("subject_token_type", "urn:contract:any-token")
        .with("action", SET_JANE + action)
        .with("scope", "openid")
        .post();
  }

  private static String actor(Answer answer) {
    return answer.accessToken().path("act").toString();
  }

  private static final String SAM_ACTS = "{\"sub\":\"auth0|sam\",\"role\":\"x\"}";

  @ParameterizedTest(name = "{0} token, audience {1}")
  @CsvSource({
    "access_token, https://api.contract.example",
    "id_token,     https://api.contract.example",
    "access_token, https://rfc9068.contract.example",
    "access_token, https://symmetric.contract.example",
  })
  @DisplayName("§4.4 the actor of a token of ours stays, although the Action sets none")
  void stays(String kind, String audience) {
    String token = delegated().with("audience", audience).post().text(kind);

    Answer answer = again(token, "");

    assertThat(actor(answer)).isEqualTo(SAM_ACTS);
    assertThat(answer.idToken().path("act").toString()).isEqualTo(SAM_ACTS);
  }

  @Test
  @DisplayName("§4.4 so does that of an opaque token, and of an ID token signed with a secret")
  void staysWithOthers() {
    String opaque = delegated().without("audience").post().text("access_token");
    assertThat(again(opaque, "").accessToken().path("act").path("sub").asText())
        .isEqualTo("auth0|sam");

    String symmetric = delegated().client("symmetric").post().text("id_token");
    assertThat(actor(again(symmetric, ""))).isEqualTo(SAM_ACTS);
  }

  @Test
  @DisplayName("§4.4 post-login Actions and the log are told of it as well")
  void told() {
    String token = delegated().post().text("access_token");
    TokenRequest request =
        TokenRequest.running(token)
            .with("subject_token_type", "urn:contract:any-token")
            .with("action", SET_JANE)
            .with("post_login", "api.access.deny(event.transaction.actor.sub)");

    assertThat(request.post().text("error_description")).isEqualTo("auth0|sam");
    assertThat(
            TestNode.shared().logs(request.userAgent()).getLast().at("/details/actor/sub").asText())
        .isEqualTo("auth0|sam");
  }

  @Test
  @DisplayName("§4.3 whom the Action sets acts in front of the earlier chain")
  void extended() {
    String token = delegated().post().text("access_token");

    assertThat(actor(again(token, "api.authentication.setActor({sub: 'bot'});")))
        .isEqualTo("{\"sub\":\"bot\",\"act\":" + SAM_ACTS + "}");
    assertThat(actor(again(token, "api.authentication.setActor({sub: 'bot', act: {sub: 'b2'}});")))
        .isEqualTo("{\"sub\":\"bot\",\"act\":{\"sub\":\"b2\",\"act\":" + SAM_ACTS + "}}");
  }

  @Test
  @DisplayName("§4.3 a chain that holds the earlier one already is taken as it is")
  void heldAlready() {
    String token = delegated().post().text("access_token");
    String chain = "{sub: 'bot', act: {sub: 'auth0|sam', role: 'x'}}";

    assertThat(actor(again(token, "api.authentication.setActor(%s);".formatted(chain))))
        .isEqualTo("{\"sub\":\"bot\",\"act\":" + SAM_ACTS + "}");
    assertThat(actor(again(token, "api.authentication.setActor({sub: 'auth0|sam', role: 'x'});")))
        .isEqualTo(SAM_ACTS);
  }

  @Test
  @DisplayName("§4.3 more than five levels in all: 400")
  void tooDeep() {
    String five = "{sub: '1', act: {sub: '2', act: {sub: '3', act: {sub: '4', act: {sub: '5'}}}}}";
    String token =
        TokenRequest.running(SET_JANE + "api.authentication.setActor(%s)".formatted(five))
            .post()
            .text("access_token");

    assertThat(again(token, "").status()).isEqualTo(200);
    assertThat(again(token, "api.authentication.setActor({sub: '6'});").error())
        .isEqualTo(
            "400 invalid_request: Delegation chain (`act` claim) depth exceeds the maximum"
                + " allowed limit of 4");
  }

  @Test
  @DisplayName("§4.3 a token that says it is ours and who acts in it, but is not signed by us: 400")
  void forged() {
    String[] parts = delegated().post().text("access_token").split("\\.");
    String claims =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
            .replace("auth0|sam", "auth0|max");
    String forged =
        parts[0]
            + "."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + "."
            + parts[2];

    assertThat(again(forged, "").error())
        .isEqualTo("400 invalid_request: The actor of the subject token cannot be verified");
  }

  @Test
  @DisplayName("§1.1 other subject tokens are not looked into, whatever they hold")
  void others() {
    String foreign =
        Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                    "{\"iss\":\"https://else.example\",\"act\":{\"sub\":\"x\"}}"
                        .getBytes(StandardCharsets.UTF_8))
            + ".AAAA";

    for (String token : new String[] {foreign, "x".repeat(43), "a.b.c", "…"}) {
      Answer answer = again(token, "");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.accessToken().has("act")).isFalse();
    }
  }

  @Test
  @DisplayName("§4.2 nor may a delegated ID token prove an actor")
  void noProof() {
    assertThat(
            TokenRequest.valid()
                .with("actor_token", delegated().post().text("id_token"))
                .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token")
                .post()
                .error())
        .isEqualTo("400 invalid_request: Invalid actor_token");
  }
}
