package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §1.7, §7.6, §11.3: tokens for the userinfo endpoint")
class UserinfoContractIT {
  private static final Administrator ADMIN =
      Administrator.anonymous(TestNode.shared().contract())
          .as("administrator", "administrator-secret-0123456789");

  private static TokenRequest request(String code) {
    return TokenRequest.running(code).without("audience").with("scope", "openid profile email");
  }

  static Answer get(String accessToken) {
    return call("GET", Map.of("Authorization", "Bearer " + accessToken));
  }

  private static Answer call(String method, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(TestNode.shared().contract() + "userinfo"))
            .method(method, HttpRequest.BodyPublishers.noBody());
    headers.forEach(request::header);
    return TokenRequest.send(request.build());
  }

  @Test
  @DisplayName("§11.3 so many calls for a user at once, then 429; each says what is left")
  void limited() throws Exception {
    String name = Administrator.unique("limited");
    String token =
        request(
                "api.authentication.setUserByConnection('idp', {user_id: '%1$s', email:"
                        .formatted(name)
                    + " '%s@a.example'}, {creationBehavior: 'create_if_not_exists'})"
                        .formatted(name))
            .post()
            .text("access_token");
    int burst = 2 * TestNode.USERINFO_PER_MINUTE;
    Answer first = get(token);
    assertThat(first.header("X-RateLimit-Limit")).isEqualTo(Integer.toString(burst));
    assertThat(first.header("X-RateLimit-Remaining")).isEqualTo(Integer.toString(burst - 1));
    assertThat(Long.parseLong(first.header("X-RateLimit-Reset")))
        .isCloseTo(System.currentTimeMillis() / 1000, within(5L));

    List<Future<Answer>> calls = new ArrayList<>();
    try (var executor = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < burst + 50; i++) {
        calls.add(executor.submit(() -> get(token)));
      }
    }

    int allowed = 0;
    for (Future<Answer> call : calls) {
      if (call.get().status() == 200) {
        allowed++;
      } else {
        assertThat(call.get().status()).isEqualTo(429);
        assertThat(call.get().text("error")).isEqualTo("too_many_requests");
        assertThat(call.get().header("X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(call.get().header("Retry-After")).isEqualTo("1");
      }
    }
    assertThat(allowed).isBetween(burst - 1, burst + 45);
    assertThat(get(request(SET_JANE).post().text("access_token")).status()).isEqualTo(200);
  }

  @Nested
  @DisplayName("§1.7 An exchange without an audience")
  class WithoutAudience {

    @Test
    @DisplayName("§1.7 gives an opaque access token and an ID token, for the userinfo endpoint")
    void opaque() {
      Answer answer = request(SET_JANE).with("scope", "openid read unknown").post();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text("access_token")).matches("[A-Za-z0-9_-]{43}");
      assertThat(answer.text("token_type")).isEqualTo("Bearer");
      assertThat(answer.json().path("expires_in").asInt()).isEqualTo(86_400);
      assertThat(answer.text("scope")).isEqualTo("openid");
      assertThat(answer.idToken().path("sub").asText()).isEqualTo("auth0|jane");
    }

    @Test
    @DisplayName("§1.7 has no event.resource_server in either Action")
    void event() {
      String check = "if ('resource_server' in event) api.access.deny('there', 'there');";

      assertThat(request(check + SET_JANE).with("post_login", check).post().status())
          .isEqualTo(200);
    }

    @Test
    @DisplayName("§1.7 without openid: 400")
    void needsOpenid() {
      for (TokenRequest request :
          new TokenRequest[] {
            request(SET_JANE).without("scope"), request(SET_JANE).with("scope", "profile read")
          }) {
        assertThat(request.post().error())
            .isEqualTo("400 invalid_request: Either an audience or the scope openid is required");
      }
    }

    @Test
    @DisplayName("§1.7 may name the userinfo endpoint as its audience")
    void namesEndpoint() {
      Answer answer =
          request(SET_JANE).with("audience", TestNode.shared().contract() + "userinfo").post();

      assertThat(get(answer.text("access_token")).text("sub")).isEqualTo("auth0|jane");
    }

    @Test
    @DisplayName("§7.5 is for the tenant's default audience, if there is one")
    void defaultAudience() {
      String api = "https://api.contract.example";
      assertThat(ADMIN.patch("/tenants/settings", "{'default_audience': '" + api + "'}").status())
          .isEqualTo(200);
      try {
        await()
            .untilAsserted(
                () ->
                    assertThat(request(SET_JANE).post().accessToken().path("aud").get(0).asText())
                        .isEqualTo(api));
        assertThat(
                request(SET_JANE)
                    .with("audience", "https://rfc9068.contract.example")
                    .post()
                    .accessToken()
                    .path("aud")
                    .get(0)
                    .asText())
            .isEqualTo("https://rfc9068.contract.example");
      } finally {
        ADMIN.patch("/tenants/settings", "{'default_audience': ''}");
        await()
            .untilAsserted(
                () ->
                    assertThat(request(SET_JANE).post().text("access_token")).doesNotContain("."));
      }
    }

    @Test
    @DisplayName("§1.4 userinfo only: bound with a proof, refused to a client that must bind")
    void binding() {
      assertThat(request(SET_JANE).client("bound").post().error())
          .isEqualTo("400 invalid_request: Proof-of-Possession is required");
      for (String client : new String[] {"app", "bound"}) {
        assertThat(
                request(SET_JANE)
                    .client(client)
                    .header("DPoP", DpopProof.es256().sign())
                    .post()
                    .text("token_type"))
            .isEqualTo("DPoP");
      }
    }

    @Test
    @DisplayName("§7.6 the token is kept by its hash, and the log says whom it is for")
    void stored() {
      TokenRequest request = request(SET_JANE);
      String token = request.post().text("access_token");

      assertThat(
              TestNode.shared()
                  .column(
                      "select kind from opaque_token where token_hash = sha256(?::bytea)", token))
          .containsExactly("access_token");
      ObjectNode entry = TestNode.shared().logs(request.userAgent()).getLast();
      assertThat(entry.path("type").asText()).isEqualTo("secte");
      assertThat(entry.path("audience").asText())
          .isEqualTo(TestNode.shared().contract() + "userinfo");
      assertThat(entry.toString()).doesNotContain(token);
    }
  }

  @Nested
  @DisplayName("§11.3 /userinfo")
  class Userinfo {

    @Test
    @DisplayName("§11.3 tells claims by scope, by GET and POST, uncached")
    void claims() {
      // No test sets custom claims, which last, for a user of this client.
      String token =
          request(SET_JANE)
              .client("proxy")
              .with("scope", "openid email")
              .post()
              .text("access_token");

      for (String method : new String[] {"GET", "POST"}) {
        Answer answer = call(method, Map.of("Authorization", "Bearer " + token));
        assertThat(answer.json().toString())
            .isEqualTo(
                "{\"sub\":\"auth0|jane\",\"email\":\"jane@contract.example\","
                    + "\"email_verified\":true}");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      }
      assertThat(call("DELETE", Map.of()).status()).isEqualTo(405);
    }

    @Test
    @DisplayName("§11.3 also takes a JWT whose audiences include it")
    void jwt() {
      String token =
          TokenRequest.valid().with("scope", "openid profile").post().text("access_token");

      assertThat(get(token).text("given_name")).isEqualTo("Jane");
    }

    @Test
    @DisplayName("§4.4 tells who acts for the user")
    void actor() {
      String code = SET_JANE + "api.authentication.setActor({sub: 'auth0|sam', act: {sub: 'x'}});";

      for (TokenRequest request :
          new TokenRequest[] {request(code), TokenRequest.running(code).with("scope", "openid")}) {
        JsonNode actor = get(request.post().text("access_token")).json().path("act");
        assertThat(actor.path("sub").asText()).isEqualTo("auth0|sam");
        assertThat(actor.path("act").path("sub").asText()).isEqualTo("x");
      }
    }

    @Test
    @DisplayName("§7.4 tells custom claims of the ID token; standard ones only within the scope")
    void customClaims() {
      String code =
          """
          api.idToken.setCustomClaim('https://contract.example/tier', 'gold');
          api.idToken.setCustomClaim('nickname', 'JJ');
          api.accessToken.setCustomClaim('https://contract.example/other', 'no');
          """;
      Answer exchange = request(SET_JANE).client("symmetric").with("post_login", code).post();

      ObjectNode told = get(exchange.text("access_token")).json();
      assertThat(told.path("https://contract.example/tier").asText()).isEqualTo("gold");
      assertThat(told.path("nickname").asText()).isEqualTo("JJ");
      assertThat(told.has("https://contract.example/other")).isFalse();

      Answer narrow = request(SET_JANE).client("symmetric").with("scope", "openid").post();
      assertThat(get(narrow.text("access_token")).json().has("nickname")).isFalse();
    }

    @Test
    @DisplayName("§11.3 a bound token needs a proof by its key that names the token")
    void bound() {
      DpopProof proof = DpopProof.es256();
      String token = request(SET_JANE).header("DPoP", proof.sign()).post().text("access_token");

      String presented = proof.presenting(token).sign();
      assertThat(present(token, presented).text("sub")).isEqualTo("auth0|jane");
      assertThat(present(token, presented).error())
          .isEqualTo("401 invalid_token: DPoP proof: the proof was used before");
      assertThat(present(token, DpopProof.es256().presenting(token).sign()).error())
          .isEqualTo("401 invalid_token: the token is bound to another key");
      assertThat(present(token, proof.presenting("another").sign()).error())
          .isEqualTo("401 invalid_token: DPoP proof: ath is not the hash of the access token");
      assertThat(get(token).error())
          .isEqualTo("401 invalid_token: the token does not fit the authentication scheme");
      String plain = request(SET_JANE).post().text("access_token");
      assertThat(present(plain, proof.presenting(plain).sign()).status()).isEqualTo(401);
    }

    private static Answer present(String token, String proof) {
      return call("GET", Map.of("Authorization", "DPoP " + token, "DPoP", proof));
    }

    @Test
    @DisplayName("§11.3 without a token: 401 with a challenge that names no error")
    void noToken() {
      Answer answer = call("GET", Map.of());

      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
      assertThat(call("GET", Map.of("Authorization", "Basic YTpi")).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"made-up", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhdXRoMHxqYW5lIn0.", "a..c"})
    @DisplayName("§11.3 any other token: 401 invalid_token")
    void otherToken(String token) {
      Answer answer = get(token);

      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.text("error")).isEqualTo("invalid_token");
      assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
    }

    @Test
    @DisplayName("§11.3 ID tokens, tokens without openid, of clients and of other tenants: 401")
    void wrongKind() {
      Answer exchange = TokenRequest.valid().with("scope", "openid").post();
      assertThat(get(exchange.text("id_token")).status()).isEqualTo(401);
      assertThat(get(TokenRequest.valid().post().text("access_token")).status()).isEqualTo(401);
      assertThat(
              get(TokenRequest.ofClient("service")
                      .with("audience", "https://api.contract.example")
                      .post()
                      .text("access_token"))
                  .status())
          .isEqualTo(401);
      assertThat(get(Exchanges.partner("userinfo-stranger").text("access_token")).status())
          .isEqualTo(401);
    }

    @Test
    @DisplayName("§11.3 a client that is deleted: 401")
    void clientGone() {
      String client =
          ADMIN
              .post(
                  "/clients",
                  "{'name': 'short-lived', 'oidc_conformant': true,"
                      + " 'token_endpoint_auth_method': 'none', 'token_exchange':"
                      + " {'allow_any_profile_of_type': ['custom_authentication']}}")
              .body()
              .path("client_id")
              .asText();
      String users = ADMIN.get("/connections?name=users").body().path(0).path("id").asText();
      assertThat(
              ADMIN
                  .patch(
                      "/connections/" + users + "/clients",
                      "[{'client_id': '%s', 'status': true}]".formatted(client))
                  .status())
          .isEqualTo(204);
      TokenRequest exchange =
          TokenRequest.running(SET_JANE)
              .without("client_secret")
              .with("client_id", client)
              .with("scope", "openid");
      await().untilAsserted(() -> assertThat(exchange.post().status()).isEqualTo(200));
      Answer answer = exchange.post();
      // It could not verify HS256, the default, without a secret.
      assertThat(Answer.part(answer.text("id_token"), 0).path("alg").asText()).isEqualTo("RS256");
      String jwt = answer.text("access_token");
      String opaque = exchange.without("audience").post().text("access_token");

      assertThat(ADMIN.delete("/clients/" + client).status()).isEqualTo(204);

      assertThat(get(opaque).status()).isEqualTo(401);
      await()
          .untilAsserted(
              () ->
                  assertThat(get(jwt).error())
                      .isEqualTo(
                          "401 invalid_token: the client of the token does not exist any more"));
    }

    @Test
    @DisplayName("§11.3 a user who is blocked or deleted: 401 at once")
    void goneMeanwhile() {
      String name = Administrator.unique("userinfo");
      String create =
          "api.authentication.setUserByConnection('users', {user_id: '%s', email: '%s@x.example'},"
                  .formatted(name, name)
              + " {creationBehavior: 'create_if_not_exists'});";
      String opaque = request(create).post().text("access_token");
      String jwt = TokenRequest.running(create).with("scope", "openid").post().text("access_token");
      assertThat(get(opaque).status()).isEqualTo(200);
      assertThat(get(jwt).status()).isEqualTo(200);

      ADMIN.patch("/users/auth0%7C" + name, "{'blocked': true}");
      assertThat(get(opaque).error())
          .isEqualTo("401 invalid_token: the user of the token is deleted or blocked");
      assertThat(get(jwt).status()).isEqualTo(401);

      ADMIN.delete("/users/auth0%7C" + name);
      assertThat(get(opaque).error())
          .isEqualTo("401 invalid_token: the token is unknown or has expired");
      assertThat(get(jwt).status()).isEqualTo(401);
    }
  }
}
