package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static final String DISGUISED =
      "400 invalid_request: The subject token holds a token of this server in another form than it"
          + " was issued in";

  @ParameterizedTest(name = "{0}")
  @DisplayName("additions C2 a token of ours that only a lenient reader takes for one: 400")
  @ValueSource(
      strings = {
        "%s ",
        "\t%s",
        "%s\n",
        "%s=",
        "%s.",
        "Bearer %s",
        "\"%s\"",
        "%s %1$s",
        "{\"token\":\"%s\"}"
      })
  void disguised(String form) {
    for (String token :
        new String[] {
          delegated().post().text("access_token"),
          delegated().client("symmetric").post().text("id_token"),
          delegated().without("audience").post().text("access_token")
        }) {
      assertThat(again(form.formatted(token), "").error()).isEqualTo(DISGUISED);
    }
  }

  @Test
  @DisplayName("additions C2 likewise inside its signature, encoded, and as JSON")
  void disguisedInside() {
    String token = delegated().post().text("access_token");
    String[] parts = token.split("\\.");
    String inside = token.substring(0, token.length() - 9);
    String rest = token.substring(token.length() - 9);

    for (String disguised :
        new String[] {
          inside + " " + rest,
          inside + "=" + rest,
          inside + "\u200b" + rest,
          inside + "%" + "%02x".formatted((int) rest.charAt(0)) + rest.substring(1),
          inside + (char) (rest.charAt(0) + 0xfee0) + rest.substring(1),
          inside + "&#" + (int) rest.charAt(0) + ";" + rest.substring(1),
          token.substring(0, token.length() - 1) + (char) (token.charAt(token.length() - 1) + 1),
          Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)),
          "{\"payload\":\"%s\",\"protected\":\"%s\",\"signature\":\"%s\"}"
              .formatted(parts[1], parts[0], parts[2])
        }) {
      assertThat(again(disguised, "").error()).isEqualTo(DISGUISED);
    }
  }

  @Test
  @DisplayName("additions C2 nor does the Action run for one")
  void disguisedBeforeTheAction() {
    String token = delegated().post().text("access_token");

    assertThat(again(token + " ", "api.access.deny('x', 'ran');").error()).isEqualTo(DISGUISED);
  }

  @Test
  @DisplayName("additions C2 a key of ours tells whose a token is, whatever host it was issued at")
  void formerHost() {
    ObjectNode claims =
        TenantKey.claims("https://api.contract.example").put("iss", "https://former.example/");
    claims.putObject("act").put("sub", "auth0|sam").put("role", "x");
    String token = TenantKey.sign(claims);

    assertThat(actor(again(token, ""))).isEqualTo(SAM_ACTS);
    assertThat(again(token + " ", "").error()).isEqualTo(DISGUISED);
    assertThat(again(token.substring(0, token.length() - 8) + "AAAAAAAA", "").error())
        .isEqualTo("400 invalid_request: The actor of the subject token cannot be verified");
  }

  @Test
  @DisplayName("additions C2 a token of a key that is revoked by now is no token of others")
  void revokedKey() {
    String token =
        TenantKey.sign(
            TenantKey.claims("https://api.contract.example")
                .put("iss", "https://former.example/")
                .set("act", JsonNodeFactory.instance.objectNode().put("sub", "auth0|sam")));
    String old = Answer.part(token, 0).path("kid").asText();
    String former = "former-" + UUID.randomUUID();
    TestNode.shared()
        .execute(
            "insert into signing_key (tenant_id, kid, kty, state, certificate, sealed_key,"
                + " created_at, revoked_at) select tenant_id, ?, kty, 'previous', certificate,"
                + " sealed_key, created_at, now() from signing_key where kid = ?",
            former,
            old);
    String header =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                "{\"alg\":\"RS256\",\"kid\":\"%s\"}"
                    .formatted(former)
                    .getBytes(StandardCharsets.UTF_8));
    String revoked = header + token.substring(token.indexOf('.'));

    await()
        .untilAsserted(
            () ->
                assertThat(again(revoked, "").error())
                    .isEqualTo(
                        "400 invalid_request: The actor of the subject token cannot be verified"));
    assertThat(again(revoked + "=", "").error()).isEqualTo(DISGUISED);
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

    for (String token :
        new String[] {
          foreign,
          foreign + "\n",
          "Bearer " + foreign,
          "x".repeat(43),
          "a.b.c",
          "…",
          Base64.getEncoder().encodeToString(new byte[3000]),
          "{\"token\": \"100%25 &amp; \\u0041\"}"
        }) {
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
