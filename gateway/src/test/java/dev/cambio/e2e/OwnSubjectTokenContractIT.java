package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName(
    "token-endpoint §2.1, §4.4: subject tokens of the tenant's own, and who may act in them")
class OwnSubjectTokenContractIT {
  private static final String API = "https://api.contract.example";
  private static final String INVALID = "400 invalid_request: Invalid subject_token";

  /** By the profile whose subject tokens are ours; each from an address of its own. */
  private static TokenRequest ours(String token) {
    return exchange("urn:contract:ours", token);
  }

  private static TokenRequest exchange(String type, String token) {
    int address = UUID.randomUUID().hashCode();
    return TokenRequest.running(token)
        .client("proxy")
        .header(
            "auth0-forwarded-for",
            "10.%d.%d.%d".formatted(address & 255, address >> 8 & 255, address >> 16 & 255))
        .with("subject_token_type", type)
        .with("action", SET_JANE)
        .with("scope", "openid");
  }

  @Nested
  @DisplayName("§2.1 A profile that is marked subject_token_is_ours")
  class Marked {
    @ParameterizedTest(name = "{0} for {1}")
    @DisplayName("§2.1 takes valid access tokens and ID tokens of the tenant")
    @CsvSource({
      "access_token, https://api.contract.example",
      "access_token, https://es256.contract.example",
      "access_token, ''",
      "id_token,     https://api.contract.example",
    })
    void valid(String kind, String audience) {
      TokenRequest request = TokenRequest.valid().with("scope", "openid");
      if (audience.isEmpty()) {
        request.without("audience");
      } else {
        request.with("audience", audience);
      }

      Answer answer = ours(request.post().text(kind)).post();

      assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    }

    @ParameterizedTest(name = "{0} for {1}")
    @DisplayName("additions C1 tokens of HS256 prove nothing: whoever has the secret can make them")
    @CsvSource({
      "app,       access_token, https://symmetric.contract.example",
      "symmetric, id_token,     https://api.contract.example",
    })
    void symmetric(String client, String kind, String audience) {
      String token =
          TokenRequest.valid()
              .client(client)
              .with("scope", "openid")
              .with("audience", audience)
              .post()
              .text(kind);

      assertThat(ours(token).post().error()).isEqualTo(INVALID);
      assertThat(exchange("urn:contract:any-token", token).post().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @DisplayName("additions C2 refuses a valid one in another form")
    @ValueSource(strings = {"%s ", "%s=", "\n%s", "\"%s\"", "Bearer %s", "%s."})
    void otherForm(String form) {
      String token = TokenRequest.valid().post().text("access_token");

      assertThat(ours(form.formatted(token)).post().error()).isEqualTo(INVALID);
    }

    @Test
    @DisplayName("§2.1 takes a client's own token")
    void clientsOwn() {
      assertThat(
              ours(TokenRequest.ofClient("service")
                      .with("audience", API)
                      .post()
                      .text("access_token"))
                  .post()
                  .status())
          .isEqualTo(200);
    }

    @ParameterizedTest
    @DisplayName("§2.1 refuses others before the Action, whatever that would have done")
    @ValueSource(strings = {"anything", "a.b.c", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void others(String token) {
      TokenRequest request = ours(token).with("action", "api.access.deny('ran', 'the Action ran')");

      assertThat(request.post().error()).isEqualTo(INVALID);
      assertThat(exchange("urn:contract:any-token", token).post().status()).isEqualTo(200);
    }

    @Test
    @DisplayName(
        "§2.1 refuses expired tokens, those of another tenant, of clients and users that are gone")
    void notValid() {
      ObjectNode claims = TenantKey.claims(API);
      assertThat(ours(TenantKey.sign(claims)).post().status()).isEqualTo(200);
      long past = claims.path("iat").asLong() - 1;

      assertThat(ours(TenantKey.sign(claims.deepCopy().put("exp", past))).post().error())
          .isEqualTo(INVALID);
      assertThat(ours(TenantKey.sign(claims.deepCopy().put("client_id", "gone"))).post().error())
          .isEqualTo(INVALID);
      assertThat(ours(TenantKey.sign(claims.deepCopy().put("sub", "auth0|gone"))).post().error())
          .isEqualTo(INVALID);
      assertThat(ours(TenantKey.sign(claims.deepCopy().put("sub", "auth0|blocked"))).post().error())
          .isEqualTo(INVALID);
      assertThat(
              ours(TenantKey.sign(claims.deepCopy().put("iss", "https://else.example/")))
                  .post()
                  .error())
          .isEqualTo(INVALID);
      assertThat(ours(Exchanges.partner("p-ours").text("access_token")).post().error())
          .isEqualTo(INVALID);
    }

    @Test
    @DisplayName("§9 an invalid one takes an attempt, as if the Action had rejected it")
    void attempts() {
      TokenRequest request = ours("forged");
      assertThat(IntStream.range(0, 10).map(i -> request.post().status()).toArray())
          .containsOnly(400);

      assertThat(request.post().text("error")).isEqualTo("too_many_attempts");
    }

    @Test
    @DisplayName("§4.4 keeps who acts, and the Action may add who acts now")
    void delegation() {
      String acted =
          TokenRequest.running(SET_JANE + "api.authentication.setActor({sub: 'auth0|sam'})")
              .post()
              .text("access_token");

      assertThat(ours(acted).post().accessToken().path("act").toString())
          .isEqualTo("{\"sub\":\"auth0|sam\"}");
      assertThat(
              ours(acted)
                  .with("action", SET_JANE + "api.authentication.setActor({sub: 'bot'})")
                  .post()
                  .accessToken()
                  .path("act")
                  .toString())
          .isEqualTo("{\"sub\":\"bot\",\"act\":{\"sub\":\"auth0|sam\"}}");
    }
  }

  @Nested
  @DisplayName("§4.4 may_act (RFC 8693 §4.4) and actors that are gone")
  class Permitted {
    private static String permitting(String actor) {
      ObjectNode claims = TenantKey.claims("https://front.contract.example");
      ObjectNode permitted = claims.putObject("may_act").put("sub", actor.split(" ")[0]);
      if (actor.contains(" ")) {
        permitted.put("iss", actor.split(" ")[1].replace("OURS", TestNode.shared().contract()));
      }
      return TenantKey.sign(claims);
    }

    @ParameterizedTest
    @DisplayName("§4.4 the party that the token names may act, by subject and issuer")
    @CsvSource(
        delimiter = '|',
        value = {
          "bot                       | {sub: 'bot'}                               | 200",
          "bot OURS                  | {sub: 'bot'}                               | 200",
          "bot https://idp.example   | {sub: 'bot', iss: 'https://idp.example'}   | 200",
          "bot                       | {sub: 'bot', act: {sub: 'other'}}          | 200",
          "bot                       | {sub: 'other'}                             | 400",
          "bot                       | {sub: 'other', act: {sub: 'bot'}}          | 400",
          "bot https://idp.example   | {sub: 'bot'}                               | 400",
          "bot https://idp.example   | {sub: 'bot', iss: 'https://else.example'}  | 400",
          "bot                       | {sub: 'bot', iss: 'https://else.example'}  | 400",
        })
    void byAction(String permitted, String actor, int status) {
      Answer answer =
          exchange("urn:contract:any-token", permitting(permitted))
              .with("action", SET_JANE + "api.authentication.setActor(" + actor + ")")
              .post();

      assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
      if (status == 400) {
        assertThat(answer.text("error_description"))
            .isEqualTo("The subject token permits another party to act");
      } else {
        assertThat(answer.accessToken().path("act").path("sub").asText()).isEqualTo("bot");
      }
    }

    @Test
    @DisplayName("§4.4 if nobody acts, the permission would be lost: 400")
    void nobody() {
      assertThat(exchange("urn:contract:any-token", permitting("bot")).post().error())
          .isEqualTo("400 invalid_request: The subject token permits another party to act");
    }

    @Test
    @DisplayName("§11.8 on behalf of: the client must be the one that is named")
    void onBehalfOf() {
      assertThat(OnBehalfOfContractIT.onBehalfOf(permitting("front OURS")).post().status())
          .isEqualTo(200);
      assertThat(OnBehalfOfContractIT.onBehalfOf(permitting("back")).post().error())
          .isEqualTo("400 invalid_request: The subject token permits another party to act");
    }

    @Test
    @DisplayName("§4.4 an actor who is blocked or deleted by now: 403, also behind another")
    void goneActor() {
      String id = "actor-" + UUID.randomUUID();
      TokenRequest.running(
              "api.authentication.setUserByConnection('idp', {user_id: '%s', email: '%s@x.example'},"
                      .formatted(id, id)
                  + " {creationBehavior: 'create_if_not_exists', updateBehavior: 'none'})")
          .post();
      String userId = "oidc|idp|" + id;
      String token =
          TokenRequest.running(
                  SET_JANE
                      + "api.authentication.setActor({sub: 'bot', act: {sub: '%s'}})"
                          .formatted(userId))
              .post()
              .text("access_token");
      assertThat(exchange("urn:contract:any-token", token).post().status()).isEqualTo(200);

      TestNode.shared().execute("update user_account set blocked = true where user_id = ?", userId);
      String gone = "403 unauthorized: the actor of the subject token is blocked or deleted";
      assertThat(exchange("urn:contract:any-token", token).post().error()).isEqualTo(gone);
      TestNode.shared().execute("delete from user_account where user_id = ?", userId);
      assertThat(ours(token).post().error()).isEqualTo(gone);
    }
  }
}
