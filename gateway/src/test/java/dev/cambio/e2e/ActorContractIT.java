package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.model.bus.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §4: actors")
class ActorContractIT {
  private static final String ID_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:id_token";
  private static final String INVALID = "400 invalid_request: Invalid actor_token";

  @Nested
  @DisplayName("§4.1 Pairing")
  class Pairing {
    @ParameterizedTest
    @DisplayName("§4.1 one without the other: 400; blank counts as absent")
    @CsvSource({
      "actor_token, x, actor_token_type, ' '",
      "actor_token_type, urn:a:b, actor_token, ''"
    })
    void alone(String present, String value, String absent, String blank) {
      String expected =
          "400 invalid_request: actor_token and actor_token_type must be provided together";

      assertThat(TokenRequest.valid().with(present, value).post().error()).isEqualTo(expected);
      assertThat(TokenRequest.valid().with(present, value).with(absent, blank).post().error())
          .isEqualTo(expected);
    }

    @ParameterizedTest
    @DisplayName("§4.1 reserved namespaces other than id_token: 400")
    @ValueSource(
        strings = {
          "urn:ietf:params:oauth:token-type:access_token",
          "urn:auth0:x",
          "https://okta.com/x"
        })
    void reserved(String type) {
      assertThat(
              TokenRequest.valid()
                  .with("actor_token", "x")
                  .with("actor_token_type", type)
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: actor_token_type uses a reserved namespace");
    }

    @Test
    @DisplayName("§4.1 any other type is the Action's to verify")
    void custom() {
      assertThat(
              TokenRequest.running(
                      "api.access.deny('x', [event.transaction.actor_token,"
                          + " event.transaction.actor_token_type,"
                          + " event.transaction.actor_token_user].join(' '))")
                  .with("actor_token", "opaque")
                  .with("actor_token_type", "urn:contract:actor")
                  .post()
                  .text("error_description"))
          .isEqualTo("opaque urn:contract:actor ");
    }
  }

  @Nested
  @DisplayName("§4.2 ID-token validation")
  class IdTokens {
    @Test
    @DisplayName("§4.2 a valid token of ours becomes actor_token_user, with its metadata")
    void valid() {
      String code =
          "const u = event.transaction.actor_token_user;"
              + "api.access.deny('x', u.user_id + ' ' + u.email + ' ' + u.app_metadata.role)";

      assertThat(withActor(code, idTokenOf("auth0|sam")).post().text("error_description"))
          .isEqualTo("auth0|sam sam@contract.example support");
    }

    @Test
    @DisplayName("§4.2 the client of the token need not be the calling one")
    void otherClient() {
      assertThat(
              withActor(SET_JANE, idTokenOf("auth0|sam"))
                  .with("client_id", "public")
                  .without("client_secret")
                  .post()
                  .status())
          .isEqualTo(200);
    }

    @Test
    @DisplayName("additions C1 one of HS256 proves no actor: its client can make it for anybody")
    void symmetric() throws Exception {
      Answer signed =
          TokenRequest.running("api.authentication.setUserById('auth0|sam')")
              .client("symmetric")
              .with("scope", "openid")
              .post();
      assertThat(Answer.part(signed.text("id_token"), 0).path("alg").asText()).isEqualTo("HS256");

      for (String token :
          new String[] {
            signed.text("id_token"),
            hs256("symmetric", "symmetric-secret-0123456789", "auth0|sam"),
            hs256("app", "app-secret-0123456789", "auth0|sam")
          }) {
        assertThat(withActor(SET_JANE, token).post().error()).isEqualTo(INVALID);
        assertThat(withActor(SET_JANE, token).client("symmetric").post().error())
            .isEqualTo(INVALID);
      }
    }

    @Test
    @DisplayName("§4.2 refused with one text outside and the reason in the log")
    void reasonInTheLog() {
      TokenRequest request = withActor(SET_JANE, "not-a-token");

      assertThat(request.post().error()).isEqualTo(INVALID);
      assertThat(TestNode.shared().logs(request.userAgent()).getLast().path("description").asText())
          .isEqualTo("Invalid actor_token: not a JWS in compact serialization");
    }

    @ParameterizedTest
    @DisplayName("§4.2 manipulated tokens")
    @ValueSource(
        strings = {
          "alg none",
          "alg None",
          "alg NONE",
          "alg nOnE",
          "no signature",
          "truncated signature",
          "changed claim",
          "unknown kid",
          "no kid",
          "key confusion",
          "embedded jwk",
          "duplicate header",
          "access token",
          "padding",
          "white space",
          "spare bits"
        })
    void manipulated(String how) throws Exception {
      String token = idTokenOf("auth0|sam");

      assertThat(withActor(SET_JANE, manipulate(token, how)).post().error()).isEqualTo(INVALID);
      assertThat(withActor(SET_JANE, token).post().status()).isEqualTo(200);
    }

    @Test
    @DisplayName("§4.2 another tenant's token")
    void otherTenant() {
      Answer quickstart =
          TokenRequest.quickstart("urn:acme:partner-token", PartnerTokens.valid())
              .with("scope", "openid")
              .post();

      assertThat(withActor(SET_JANE, quickstart.text("id_token")).post().error())
          .isEqualTo(INVALID);
    }

    @Test
    @DisplayName("§4.2 a token with act proves no actor: delegation is not laundered")
    void delegated() {
      Answer delegated =
          TokenRequest.running(SET_JANE + "api.authentication.setActor({sub: 'auth0|sam'})")
              .with("scope", "openid")
              .post();

      assertThat(withActor(SET_JANE, delegated.text("id_token")).post().error()).isEqualTo(INVALID);
    }

    @Test
    @DisplayName("§4.2 a remembered verdict does not outlive the user: blocked and deleted users")
    void blockedMeanwhile() {
      String id = UUID.randomUUID().toString();
      String userId = "oidc|idp|" + id;
      String token =
          TokenRequest.running(
                  "api.authentication.setUserByConnection('idp', {user_id: '%1$s',".formatted(id)
                      + " email: '%s@a.example'}, {creationBehavior: 'create_if_not_exists'})"
                          .formatted(id))
              .with("scope", "openid")
              .post()
              .text("id_token");
      assertThat(withActor(SET_JANE, token).post().status()).isEqualTo(200);

      TestNode.shared().execute("update user_account set blocked = true where user_id = ?", userId);
      assertThat(withActor(SET_JANE, token).post().error()).isEqualTo(INVALID);

      TestNode.shared().execute("delete from user_account where user_id = ?", userId);
      assertThat(withActor(SET_JANE, token).post().error()).isEqualTo(INVALID);
    }

    private static TokenRequest withActor(String code, String token) {
      return TokenRequest.running(code)
          .with("actor_token", token)
          .with("actor_token_type", ID_TOKEN_TYPE);
    }

    private static String idTokenOf(String userId) {
      return TokenRequest.running("api.authentication.setUserById('" + userId + "')")
          .with("scope", "openid email")
          .post()
          .text("id_token");
    }
  }

  @Nested
  @DisplayName("§4.3, §4.4 setActor and its effects")
  class SetActor {
    private static final String ACTOR =
        "{sub: 'auth0|sam', role: 'support', level: 2, on: true, act: {sub: 'svc'}}";

    @Test
    @DisplayName("§4.4 act in both tokens as set, subjects only in the log, no refresh token")
    void effects() throws Exception {
      TokenRequest request =
          TokenRequest.running(SET_JANE + "api.authentication.setActor(" + ACTOR + ")")
              .with("scope", "openid read offline_access");
      Answer answer = request.post();

      ObjectNode act =
          (ObjectNode)
              Json.parse(
                  "{\"sub\":\"auth0|sam\",\"role\":\"support\",\"level\":2,\"on\":true,"
                      + "\"act\":{\"sub\":\"svc\"}}");
      assertThat(answer.accessToken().get("act")).isEqualTo(act);
      assertThat(answer.idToken().get("act")).isEqualTo(act);
      assertThat(answer.json().has("refresh_token")).isFalse();
      assertThat(answer.text("scope")).isEqualTo("openid read");
      assertThat(
              TestNode.shared().logs(request.userAgent()).getLast().path("details").path("actor"))
          .isEqualTo(Json.parse("{\"sub\":\"auth0|sam\",\"act\":{\"sub\":\"svc\"}}"));
    }

    @Test
    @DisplayName("§4.4 post-login sees the actor")
    void postLogin() {
      assertThat(
              TokenRequest.running(SET_JANE + "api.authentication.setActor(" + ACTOR + ")")
                  .with(
                      "post_login",
                      "api.access.deny(event.transaction.actor.act.sub"
                          + " + event.transaction.actor.role)")
                  .post()
                  .text("error_description"))
          .isEqualTo("svcsupport");
    }

    @Test
    @DisplayName("§4.4 a custom claim named act is dropped")
    void claim() {
      assertThat(
              TokenRequest.valid()
                  .with("post_login", "api.accessToken.setCustomClaim('act', {sub: 'x'})")
                  .post()
                  .accessToken()
                  .has("act"))
          .isFalse();
    }

    @Test
    @DisplayName("§4.3 works without actor_token, copies at the call, last call wins")
    void copies() {
      Answer answer =
          TokenRequest.running(
                  SET_JANE
                      + "const a = {sub: 'first'}; api.authentication.setActor(a);"
                      + "a.sub = 'changed'; api.authentication.setActor({sub: 'last'})")
              .post();

      assertThat(answer.accessToken().path("act").path("sub").asText()).isEqualTo("last");
    }

    @ParameterizedTest
    @DisplayName("§4.3 violations throw a TypeError at the call")
    @ValueSource(
        strings = {
          "undefined",
          "null",
          "'x'",
          "{}",
          "{sub: ''}",
          "{sub: 1}",
          "{sub: 'a', act: 'b'}",
          "{sub: 'a', p: {}}",
          "{sub: 'a', p: []}",
          "{sub: 'a', p: null}",
          "{sub: 'a', a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}",
          "{sub: '1', act: {sub: '2', act: {sub: '3', act: {sub: '4', act: {sub: '5', act: {sub:"
              + " '6'}}}}}}",
          "{sub: 'a', constructor: 'x'}",
          "{sub: 'a', p: 'x'.repeat(1025)}"
        })
    void violations(String actor) {
      String code =
          "try { api.authentication.setActor("
              + actor
              + "); api.access.deny('x', 'accepted') } catch (e) { api.access.deny('x', e"
              + " instanceof TypeError ? 'TypeError' : String(e)) }";

      assertThat(TokenRequest.running(code).post().text("error_description"))
          .isEqualTo("TypeError");
    }

    @Test
    @DisplayName("§4.5 MFA with an actor: its exact text")
    void multifactor() {
      assertThat(
              TokenRequest.running(SET_JANE + "api.authentication.setActor({sub: 'a'})")
                  .with("post_login", "api.multifactor.enable('any')")
                  .post()
                  .error())
          .isEqualTo(
              "400 invalid_request: MFA is not supported using actor_token with the requested"
                  + " token exchange profile.");
    }
  }

  private static String manipulate(String token, String how) throws Exception {
    String[] parts = token.split("\\.");
    Function<String, String> header = json -> encode(json) + "." + parts[1] + "." + parts[2];
    String kid = Answer.part(token, 0).path("kid").asText();
    return switch (how) {
      case "alg none", "alg None", "alg NONE", "alg nOnE" ->
          encode("{\"alg\":\"" + how.substring(4) + "\"}") + "." + parts[1] + ".";
      case "no signature" -> parts[0] + "." + parts[1] + ".";
      case "truncated signature" -> token.substring(0, token.length() - 8);
      case "changed claim" ->
          parts[0]
              + "."
              + encode(decode(parts[1]).replace("auth0|sam", "auth0|jane"))
              + "."
              + parts[2];
      case "unknown kid" ->
          header.apply("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"../../etc/passwd\"}");
      case "no kid" -> header.apply("{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
      case "key confusion" -> keyConfusion(parts[1], kid);
      case "embedded jwk" ->
          header.apply(
              "{\"alg\":\"RS256\",\"kid\":\"own\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}");
      case "duplicate header" ->
          header.apply("{\"alg\":\"RS256\",\"kid\":\"" + kid + "\",\"kid\":\"" + kid + "\"}");
      case "access token" ->
          TokenRequest.running("api.authentication.setUserById('auth0|sam')")
              .post()
              .text("access_token");
      case "padding" -> token + "=";
      case "white space" -> token + " ";
      // The letter after the last has the same six bits but for the last, which says nothing.
      case "spare bits" ->
          token.substring(0, token.length() - 1) + (char) (token.charAt(token.length() - 1) + 1);
      default -> throw new IllegalArgumentException(how);
    };
  }

  /** HS256 with the published public key as the secret. */
  private static String keyConfusion(String claims, String kid) throws Exception {
    String x5c =
        TokenRequest.get(TestNode.shared().contract() + ".well-known/jwks.json")
            .json()
            .path("keys")
            .path(0)
            .path("x5c")
            .path(0)
            .asText();
    String input =
        encode("{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"" + kid + "\"}") + "." + claims;
    return input + "." + hmac(x5c, input);
  }

  private static String hs256(String clientId, String secret, String sub) throws Exception {
    long now = System.currentTimeMillis() / 1000;
    String claims =
        "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"iat\":%d,\"exp\":%d}"
            .formatted(TestNode.shared().contract(), sub, clientId, now, now + 60);
    String input = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + encode(claims);
    return input + "." + hmac(secret, input);
  }

  private static String hmac(String secret, String input) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String encode(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }
}
