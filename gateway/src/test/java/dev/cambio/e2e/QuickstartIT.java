package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.model.bus.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The quickstart tenant")
class QuickstartIT {
  private static final String AUDIENCE = "https://api.acme.example/orders";
  private static final String PARTNER = "urn:acme:partner-token";
  private static final String SUPPORT = "urn:acme:support-session";
  private static final String ID_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:id_token";

  @Test
  @DisplayName("a partner token becomes tokens that an independent library verifies")
  void partner() {
    Answer answer =
        TokenRequest.quickstart(PARTNER, PartnerTokens.valid())
            .with("scope", "openid profile email read:orders")
            .post();

    assertThat(answer.status()).isEqualTo(200);
    String issuer = TestNode.shared().quickstart();
    ObjectNode access = IndependentVerifier.verify(answer.text("access_token"), issuer, AUDIENCE);
    assertThat(access.path("sub").asText()).isEqualTo("oidc|acme-idp|partner-7");
    assertThat(access.path("azp").asText()).isEqualTo("quickstart-app");
    assertThat(access.path("scope").asText()).isEqualTo("openid profile email read:orders");
    assertThat(access.path("https://acme.example/protocol").asText())
        .isEqualTo("oauth2-token-exchange");
    assertThat(access.has("act")).isFalse();
    ObjectNode id = IndependentVerifier.verify(answer.text("id_token"), issuer, "quickstart-app");
    assertThat(id.path("name").asText()).isEqualTo("Pat Partner");
    assertThat(id.path("email").asText()).isEqualTo("pat@partner.example");
    assertThat(id.path("email_verified").asBoolean()).isTrue();
  }

  @Test
  @DisplayName("a changed token is not verified: the check above can fail")
  void verifierCanFail() {
    String token =
        TokenRequest.quickstart(PARTNER, PartnerTokens.valid()).post().text("access_token");
    String changed = token.substring(0, token.length() - 4) + "AAAA";

    assertThatThrownBy(
            () -> IndependentVerifier.verify(changed, TestNode.shared().quickstart(), AUDIENCE))
        .isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @DisplayName("a bad partner token: 400 invalid_request with the Action's reason")
  @ValueSource(
      strings = {"secret", "issuer", "expired", "other audience", "no subject", "not a token"})
  void badPartnerToken(String wrong) {
    ObjectNode claims = PartnerTokens.claims();
    String secret = PartnerTokens.SECRET;
    switch (wrong) {
      case "secret" -> secret = "another-secret-0123456789abcdef0123456789abcd";
      case "issuer" -> claims.put("iss", "https://evil.example");
      case "expired" -> claims.put("exp", 1_000_000);
      case "other audience" -> claims.put("aud", "https://other.example/");
      case "no subject" -> claims.remove("sub");
      default -> {}
    }
    String token = wrong.equals("not a token") ? "x" : PartnerTokens.signed(claims, secret);

    assertThat(TokenRequest.quickstart(PARTNER, token).post().error())
        .isEqualTo("400 invalid_request: The partner token is not valid.");
  }

  @Test
  @DisplayName("a support agent shown by an ID token acts for the user")
  void support() throws Exception {
    ObjectNode claims = PartnerTokens.claims().put("sub", "auth0|jane");

    Answer answer =
        TokenRequest.quickstart(SUPPORT, PartnerTokens.signed(claims, PartnerTokens.SECRET))
            .with("actor_token", idTokenOfSam())
            .with("actor_token_type", ID_TOKEN_TYPE)
            .post();

    assertThat(answer.status()).isEqualTo(200);
    ObjectNode access =
        IndependentVerifier.verify(
            answer.text("access_token"), TestNode.shared().quickstart(), AUDIENCE);
    assertThat(access.path("sub").asText()).isEqualTo("auth0|jane");
    assertThat(access.get("act"))
        .isEqualTo(Json.parse("{\"sub\":\"auth0|sam\",\"role\":\"support\"}"));
    assertThat(access.path("https://acme.example/actor").asText()).isEqualTo("auth0|sam");
  }

  @Test
  @DisplayName("no agent, or one who is no support agent, is denied")
  void notSupport() {
    ObjectNode claims = PartnerTokens.claims().put("sub", "auth0|jane");
    String token = PartnerTokens.signed(claims, PartnerTokens.SECRET);

    assertThat(TokenRequest.quickstart(SUPPORT, token).post().error())
        .isEqualTo("400 invalid_request: An actor_token of a support agent is required.");
    String partner =
        TokenRequest.quickstart(PARTNER, PartnerTokens.valid())
            .with("scope", "openid")
            .post()
            .text("id_token");
    assertThat(
            TokenRequest.quickstart(SUPPORT, token)
                .with("actor_token", partner)
                .with("actor_token_type", ID_TOKEN_TYPE)
                .post()
                .error())
        .isEqualTo("400 access_denied: The actor is not a support agent.");
  }

  @ParameterizedTest(name = "may_act {0} → {1}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"iss\": \"@\", \"sub\": \"auth0|sam\"};200",
        "{\"iss\": \"@\", \"sub\": \"auth0|jane\"};400",
        "{\"iss\": \"https://else.example/\", \"sub\": \"auth0|sam\"};400",
        "{\"sub\": \"auth0|sam\"};400",
        "{\"iss\": \"@\", \"name\": \"Sam\", \"email\": \"sam(at)acme.example\"};400",
      })
  @DisplayName("who may act is told by issuer and subject, never by a name")
  void mayAct(String mayAct, int status) throws Exception {
    ObjectNode claims = PartnerTokens.claims().put("sub", "auth0|jane");
    claims.set("may_act", Json.parse(mayAct.replace("@", TestNode.shared().quickstart())));

    Answer answer =
        TokenRequest.quickstart(SUPPORT, PartnerTokens.signed(claims, PartnerTokens.SECRET))
            .with("actor_token", idTokenOfSam())
            .with("actor_token_type", ID_TOKEN_TYPE)
            .post();

    assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
  }

  @Test
  @DisplayName("an administrator's SQL takes effect at once: a disabled profile is gone")
  void configurationChange() throws InterruptedException {
    TestNode node = TestNode.shared();
    assertThat(TokenRequest.quickstart(PARTNER, PartnerTokens.valid()).post().status())
        .isEqualTo(200);
    String rename =
        "update token_exchange_profile set subject_token_type = ?"
            + " where tenant_id = 'quickstart' and subject_token_type = ?";

    node.execute(rename, "urn:acme:renamed", PARTNER);
    try {
      awaitStatus(400);
    } finally {
      node.execute(rename, PARTNER, "urn:acme:renamed");
    }
    awaitStatus(200);
  }

  private static void awaitStatus(int status) throws InterruptedException {
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (TokenRequest.quickstart(PARTNER, PartnerTokens.valid()).post().status() != status) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  /** An ID token of auth0|sam, whom Acme's own sign-on vouches for. */
  private static String idTokenOfSam() {
    ObjectNode claims =
        PartnerTokens.claims().put("iss", "https://sso.acme.example").put("sub", "auth0|sam");
    Answer answer =
        TokenRequest.quickstart(
                "urn:acme:employee-token",
                PartnerTokens.signed(claims, "acme-employee-secret-0123456789abcdef012345678"))
            .with("scope", "openid")
            .post();
    assertThat(answer.idToken().path("sub").asText()).isEqualTo("auth0|sam");
    return answer.text("id_token");
  }
}
