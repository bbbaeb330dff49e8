package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import dev.cambio.model.bus.Json;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("token-endpoint §7.7, §11.6: refresh tokens; their Actions, actions-runtime §7, §7.1")
class RefreshTokenContractIT {
  static final String OFFLINE = "https://offline.contract.example";
  private static final String INVALID = "403 invalid_grant: Unknown or invalid refresh token.";

  /** An exchange that is good for a refresh token. */
  static TokenRequest offline(String clientId) {
    return TokenRequest.running(SET_JANE)
        .client(clientId)
        .with("audience", OFFLINE)
        .with("scope", "openid read offline_access");
  }

  static TokenRequest offlinePublic(String clientId) {
    return offline(clientId).without("client_secret");
  }

  static String refreshToken(String clientId) {
    return refreshToken(offline(clientId));
  }

  static String refreshToken(TokenRequest exchange) {
    Answer answer = exchange.post();
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertThat(answer.text("refresh_token")).isNotEmpty();
    return answer.text("refresh_token");
  }

  /** A condition on the family that a token belongs to. */
  static int change(String token, String assignment) {
    return TestNode.shared()
        .execute(
            """
            update refresh_family f set %s from refresh_token t
            where t.tenant_id = f.tenant_id and t.family_id = f.id and t.token_hash = sha256(?::text::bytea)
            """
                .formatted(assignment),
            token);
  }

  /** A value of the family's row. */
  static String family(String token, String expression) {
    return TestNode.shared()
        .column(
            """
            select (%s)::text from refresh_family f
            join refresh_token t on t.tenant_id = f.tenant_id and t.family_id = f.id
            where t.token_hash = sha256(?::text::bytea)
            """
                .formatted(expression),
            token)
        .getFirst();
  }

  @Nested
  @DisplayName("§7.7 issue")
  class Issue {
    @Test
    @DisplayName("§7.7 an opaque token of more than 256 bits, of which only the hash is stored")
    void issues() throws Exception {
      Answer answer = offline("refreshing").post();

      String token = answer.text("refresh_token");
      assertThat(token).matches("[A-Za-z0-9_-]{64}");
      assertThat(answer.json().has("scope")).isFalse();
      assertThat(answer.accessToken().path("scope").asText())
          .isEqualTo("openid read offline_access");
      String hash =
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
      assertThat(
              TestNode.shared()
                  .column(
                      "select family_id from refresh_token where encode(token_hash, 'hex') = ?",
                      hash))
          .hasSize(1);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @DisplayName("§7.7, §1.5 where a condition is not met, offline_access is left out and told")
    @CsvSource({
      "app,        https://offline.contract.example, the client lacks the grant type",
      "refreshing, https://api.contract.example,     the API does not allow offline access",
      "browser,    https://offline.contract.example, a SPA whose tokens do not rotate",
    })
    void omits(String client, String audience, String why) {
      TokenRequest request = offline(client).with("audience", audience);
      if (client.equals("browser")) {
        request.without("client_secret");
      }

      Answer answer = request.post();

      assertThat(answer.status()).as(why).isEqualTo(200);
      assertThat(answer.json().has("refresh_token")).isFalse();
      assertThat(answer.text("scope")).isEqualTo("openid read");
    }

    @Test
    @DisplayName("§7.7 without offline_access there is none")
    void notAskedFor() {
      assertThat(offline("refreshing").with("scope", "read").post().json().has("refresh_token"))
          .isFalse();
    }

    @Test
    @DisplayName("§4.4, §7.7 with an actor or an actor_token there is none, whatever Actions add")
    void actor() {
      Answer set =
          TokenRequest.running(SET_JANE + "api.authentication.setActor({sub: 'a'})")
              .client("refreshing")
              .with("audience", OFFLINE)
              .with("scope", "read offline_access")
              .with("post_login", "api.accessToken.addScope('offline_access')")
              .post();
      Answer sent =
          offline("refreshing")
              .with("actor_token", "any")
              .with("actor_token_type", "urn:contract:actor")
              .post();

      assertThat(set.json().has("refresh_token")).isFalse();
      assertThat(set.text("scope")).isEqualTo("read");
      assertThat(sent.json().has("refresh_token")).isFalse();
      assertThat(sent.text("scope")).isEqualTo("openid read");
    }

    @Test
    @DisplayName("§7.7 userinfo alone allows it, and a refresh brings an opaque token again")
    void userinfo() {
      TokenRequest exchange =
          offline("refreshing").without("audience").with("scope", "openid offline_access");

      Answer refreshed = TokenRequest.refreshing("refreshing", refreshToken(exchange)).post();

      assertThat(refreshed.text("access_token")).doesNotContain(".");
      assertThat(refreshed.text("scope")).isEqualTo("openid offline_access");
      assertThat(
              TokenRequest.refreshing("refreshing", refreshToken(exchange))
                  .with("scope", "offline_access")
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: Either an audience or the scope openid is required");
    }

    @Test
    @DisplayName("§7.7, actions-runtime §7.1 an Action takes offline_access away, or adds it")
    void byAction() {
      Answer taken =
          offline("refreshing")
              .with("post_login", "api.accessToken.removeScope('offline_access')")
              .post();
      Answer added =
          offline("refreshing")
              .with("scope", "read")
              .with("post_login", "api.accessToken.addScope('offline_access')")
              .post();

      assertThat(taken.json().has("refresh_token")).isFalse();
      assertThat(added.text("refresh_token")).isNotEmpty();
      assertThat(added.text("scope")).isEqualTo("read offline_access");
    }
  }

  @Nested
  @DisplayName("§11.6 exchange")
  class Exchange {
    @Test
    @DisplayName("§11.6, §7.1 scope always, id_token with openid, gty, no act, no second token")
    void refreshes() {
      String token = refreshToken("refreshing");

      Answer answer = TokenRequest.refreshing("refreshing", token).post();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.json().properties())
          .extracting(Map.Entry::getKey)
          .containsExactly("access_token", "token_type", "expires_in", "id_token", "scope");
      assertThat(answer.text("scope")).isEqualTo("openid read offline_access");
      ObjectNode claims = answer.accessToken();
      assertThat(claims.path("sub").asText()).isEqualTo("auth0|jane");
      assertThat(claims.path("gty").asText()).isEqualTo("refresh_token");
      assertThat(claims.path("azp").asText()).isEqualTo("refreshing");
      assertThat(claims.has("act")).isFalse();
      assertThat(answer.idToken().path("aud").asText()).isEqualTo("refreshing");
      assertThat(TokenRequest.refreshing("refreshing", token).postJson().status()).isEqualTo(200);
    }

    @Test
    @DisplayName("§7.1 gty is left out of the rfc9068 dialect")
    void dialect() {
      Answer answer =
          TokenRequest.refreshing(
                  "refreshing",
                  refreshToken(
                      offline("refreshing")
                          .with("audience", "https://offline-symmetric.contract.example")))
              .post();

      assertThat(answer.accessToken().has("gty")).isFalse();
      assertThat(answer.accessToken().path("client_id").asText()).isEqualTo("refreshing");
    }

    @Test
    @DisplayName("§11.6 a subset of the scopes, for that exchange alone; never more")
    void subset() {
      String token = refreshToken("refreshing");

      Answer fewer =
          TokenRequest.refreshing("refreshing", token).with("scope", "read write").post();

      assertThat(fewer.text("scope")).isEqualTo("read");
      assertThat(fewer.json().has("id_token")).isFalse();
      assertThat(TokenRequest.refreshing("refreshing", token).post().text("scope"))
          .isEqualTo("openid read offline_access");
    }

    @Test
    @DisplayName("§11.6 another client's, an unknown one, none, a bad client")
    void refuses() {
      String token = refreshToken("refreshing");

      assertThat(TokenRequest.refreshing("rotating", token).post().error()).isEqualTo(INVALID);
      assertThat(TokenRequest.refreshing("rotating", "none").post().error()).isEqualTo(INVALID);
      assertThat(TokenRequest.refreshing("rotating", "x").without("refresh_token").post().error())
          .isEqualTo("400 invalid_request: Missing required parameter: refresh_token");
      assertThat(
              TokenRequest.refreshing("refreshing", token)
                  .with("client_secret", "wrong")
                  .post()
                  .status())
          .isEqualTo(401);
      assertThat(
              TokenRequest.refreshing("refreshing", token)
                  .with("scope", "a\"b")
                  .post()
                  .text("error"))
          .isEqualTo("invalid_request");
      assertThat(
              TokenRequest.refreshing("refreshing", token)
                  .with("audience", "https://api.contract.example")
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: The refresh token is for another audience");
      assertThat(
              TokenRequest.refreshing("refreshing", token)
                  .with("audience", OFFLINE)
                  .post()
                  .status())
          .isEqualTo(200);
    }

    @Test
    @DisplayName("§11.6 a client without the grant type")
    void grantType() {
      assertThat(TokenRequest.refreshing("app", "any").post().error())
          .isEqualTo(
              "403 unauthorized_client: Grant type 'refresh_token' not allowed for the client.");
    }

    @Test
    @DisplayName("§1.4 a public client's token is bound to its key, also where the API takes none")
    void bound() {
      DpopProof proof = DpopProof.es256();
      for (String audience : List.of(OFFLINE, "https://offline-dpop.contract.example")) {
        String token =
            refreshToken(
                proven(proof, offlinePublic("public-rotating").with("audience", audience)));
        TokenRequest refresh =
            TokenRequest.refreshing("public-rotating", token).without("client_secret");

        assertThat(refresh.post().error()).isEqualTo(INVALID);
        assertThat(
                proven(
                        DpopProof.es256(),
                        TokenRequest.refreshing("public-rotating", token).without("client_secret"))
                    .post()
                    .error())
            .isEqualTo(INVALID);
        Answer answer = proven(proof, refresh).post();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("token_type"))
            .isEqualTo(audience.equals(OFFLINE) ? "Bearer" : "DPoP");
      }
    }

    /** The request with a proof of that key and a nonce, for which a first try asks. */
    private static TokenRequest proven(DpopProof proof, TokenRequest request) {
      proof.claims.remove("nonce");
      proof.claims.put("jti", UUID.randomUUID().toString());
      String nonce = request.header("DPoP", proof.sign()).post().header("DPoP-Nonce");
      assertThat(nonce).isNotEmpty();
      proof.claims.put("nonce", nonce);
      proof.claims.put("jti", UUID.randomUUID().toString());
      return request.header("DPoP", proof.sign());
    }
  }

  @Nested
  @DisplayName("§7.7 rotation")
  class Rotation {
    @Test
    @DisplayName("§7.7 each exchange returns a new token and invalidates the used one")
    void rotates() {
      String first = refreshToken("rotating");

      Answer answer = TokenRequest.refreshing("rotating", first).post();

      String second = answer.text("refresh_token");
      assertThat(second).matches("[A-Za-z0-9_-]{64}").isNotEqualTo(first);
      assertThat(TokenRequest.refreshing("rotating", second).post().status()).isEqualTo(200);
      assertThat(family(second, "f.counter")).isEqualTo("2");
    }

    @Test
    @DisplayName("§7.7 reuse revokes the whole family, and is logged as ferrt with its counters")
    void reuse() {
      String first = refreshToken("rotating");
      String second = TokenRequest.refreshing("rotating", first).post().text("refresh_token");
      TokenRequest reuse = TokenRequest.refreshing("rotating", first);

      assertThat(reuse.post().error()).isEqualTo(INVALID);

      ObjectNode entry = TestNode.shared().logs(reuse.userAgent()).getLast();
      assertThat(entry.path("type").asText()).isEqualTo("ferrt");
      assertThat(entry.path("details").path("familyId").asText()).isEqualTo(family(first, "f.id"));
      assertThat(entry.path("details").path("tokenCounter").asInt()).isZero();
      assertThat(entry.path("details").path("latestCounter").asInt()).isEqualTo(1);
      TokenRequest newest = TokenRequest.refreshing("rotating", second);
      assertThat(newest.post().error()).isEqualTo(INVALID);
      assertThat(TestNode.shared().logs(newest.userAgent()).getLast().path("type").asText())
          .isEqualTo("fertft");
    }

    @Test
    @DisplayName("§7.7 within the leeway the previous token yields another one")
    void leeway() {
      String first = refreshToken("lenient");
      String second = TokenRequest.refreshing("lenient", first).post().text("refresh_token");

      String sibling = TokenRequest.refreshing("lenient", first).post().text("refresh_token");

      assertThat(sibling).isNotEmpty().isNotEqualTo(second);
      assertThat(family(first, "f.counter")).isEqualTo("1");
      for (String token : List.of(sibling, second)) {
        assertThat(TokenRequest.refreshing("lenient", token).post().status()).isEqualTo(200);
      }
      assertThat(family(first, "f.counter")).isEqualTo("2");
    }

    @Test
    @DisplayName("§7.7 the second-to-last triggers reuse detection, however long the leeway")
    void secondToLast() {
      String first = refreshToken("lenient");
      String second = TokenRequest.refreshing("lenient", first).post().text("refresh_token");
      String third = TokenRequest.refreshing("lenient", second).post().text("refresh_token");

      assertThat(TokenRequest.refreshing("lenient", first).post().error()).isEqualTo(INVALID);
      assertThat(TokenRequest.refreshing("lenient", third).post().error()).isEqualTo(INVALID);
    }

    @Test
    @DisplayName("§7.7 after the leeway the previous token triggers it too")
    void afterLeeway() {
      String first = refreshToken("lenient");
      String second = TokenRequest.refreshing("lenient", first).post().text("refresh_token");
      change(first, "rotated_at = rotated_at - interval '61 seconds'");

      assertThat(TokenRequest.refreshing("lenient", first).post().error()).isEqualTo(INVALID);
      assertThat(TokenRequest.refreshing("lenient", second).post().error()).isEqualTo(INVALID);
    }

    @Test
    @DisplayName("§7.7 without a leeway there is none, also where another node's clock is ahead")
    void clockAhead() {
      String first = refreshToken("rotating");
      String second = TokenRequest.refreshing("rotating", first).post().text("refresh_token");
      change(first, "rotated_at = now() + interval '1 minute'");

      assertThat(TokenRequest.refreshing("rotating", first).post().error()).isEqualTo(INVALID);
      assertThat(TokenRequest.refreshing("rotating", second).post().error()).isEqualTo(INVALID);
    }

    @Test
    @DisplayName("§7.7 a refused exchange spends nothing")
    void refusedExchange() {
      String token = refreshToken("rotating");

      assertThat(
              TokenRequest.refreshing("rotating", token)
                  .with("post_login", "api.access.deny('no')")
                  .post()
                  .error())
          .isEqualTo("403 access_denied: no");
      assertThat(TokenRequest.refreshing("rotating", token).post().status()).isEqualTo(200);
    }
  }

  @Nested
  @DisplayName("§7.7 expiry")
  class Expiry {
    @Test
    @DisplayName("§7.7 the absolute end is fixed at issue, the idle one renewed at each exchange")
    void ends() {
      String token = refreshToken("rotating");
      String absolute = family(token, "expires_at");
      long lifetime =
          Long.parseLong(family(token, "extract(epoch from expires_at - created_at)::int"));
      assertThat(lifetime).isEqualTo(7200);
      change(token, "idle_expires_at = now() + interval '5 seconds'");

      String next = TokenRequest.refreshing("rotating", token).post().text("refresh_token");

      assertThat(family(next, "expires_at")).isEqualTo(absolute);
      assertThat(
              Long.parseLong(
                  family(next, "extract(epoch from idle_expires_at - last_exchanged_at)::int")))
          .isEqualTo(600);
    }

    @Test
    @DisplayName("§7.7 by default neither; when rotating 30 days for both")
    void defaults() {
      assertThat(family(refreshToken("refreshing"), "ends_at")).isEqualTo("infinity");
      String lenient = refreshToken("lenient");
      assertThat(family(lenient, "extract(epoch from expires_at - created_at)::int"))
          .isEqualTo("2592000");
      assertThat(family(lenient, "idle_expires_at = expires_at")).isEqualTo("true");
    }

    @ParameterizedTest
    @DisplayName("§7.7, §11.6 an expired token, by the one end or the other")
    @CsvSource({"expires_at", "idle_expires_at"})
    void expired(String end) {
      String token = refreshToken("rotating");
      change(token, end + " = now() - interval '1 second'");
      TokenRequest refresh = TokenRequest.refreshing("rotating", token);

      assertThat(refresh.post().error()).isEqualTo(INVALID);

      ObjectNode entry = TestNode.shared().logs(refresh.userAgent()).getLast();
      assertThat(entry.path("type").asText()).isEqualTo("fertft");
      assertThat(entry.path("details").path("failure_reason").asText())
          .isEqualTo("the refresh token has been revoked or has expired");
    }
  }

  @Nested
  @DisplayName("actions-runtime §7, §7.1 Actions")
  class Actions {
    private static final String REFRESHING =
        "event.transaction.protocol === 'oauth2-refresh-token'";

    @Test
    @DisplayName(
        "token-endpoint §7.7, actions-runtime §7 the protocol, event.refresh_token, no subject"
            + " token")
    void event() throws Exception {
      String token =
          refreshToken(
              offline("rotating")
                  .with("post_login", "api.refreshToken.setMetadata('device', 'phone')"));

      Answer answer =
          TokenRequest.refreshing("rotating", token)
              .header("auth0-forwarded-for", "192.0.2.1")
              .with(
                  "post_login",
                  "const t = event.transaction; const r = {...event.refresh_token};"
                      + " api.accessToken.setCustomClaim('seen', JSON.stringify({r, t, body:"
                      + " Object.keys(event.request.body), server: event.resource_server,"
                      + " connection: event.connection.name, count: event.stats.logins_count}))")
              .post();

      assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
      ObjectNode seen = (ObjectNode) Json.parse(answer.accessToken().path("seen").asText());
      var refresh = seen.path("r");
      assertThat(refresh.properties())
          .extracting(Map.Entry::getKey)
          .containsExactlyInAnyOrder(
              "id",
              "client_id",
              "created_at",
              "device",
              "expires_at",
              "idle_expires_at",
              "last_exchanged_at",
              "metadata",
              "resource_servers",
              "rotating",
              "session_id",
              "user_id");
      assertThat(refresh.path("id").asText()).isEqualTo(family(token, "f.id")).startsWith("rt_");
      assertThat(refresh.path("client_id").asText()).isEqualTo("rotating");
      assertThat(refresh.path("user_id").asText()).isEqualTo("auth0|jane");
      assertThat(refresh.path("rotating").asBoolean()).isTrue();
      assertThat(refresh.path("metadata").toString()).isEqualTo("{\"device\":\"phone\"}");
      assertThat(refresh.path("resource_servers").toString())
          .isEqualTo(
              "[{\"audience\":\"%s\",\"scopes\":\"openid read offline_access\"}]"
                  .formatted(OFFLINE));
      assertThat(refresh.path("device").path("initial_ip").asText()).isEqualTo("127.0.0.1");
      assertThat(refresh.path("device").path("last_user_agent").asText()).startsWith("e2e/");
      assertThat(Instant.parse(refresh.path("expires_at").asText()))
          .isCloseTo(Instant.now().plusSeconds(7200), within(60, ChronoUnit.SECONDS));
      assertThat(refresh.path("last_exchanged_at").isNull()).isTrue();
      assertThat(seen.path("t").path("protocol").asText()).isEqualTo("oauth2-refresh-token");
      assertThat(seen.path("t").has("subject_token_type")).isFalse();
      assertThat(seen.path("t").path("requested_scopes").toString())
          .isEqualTo("[\"openid\",\"read\",\"offline_access\"]");
      assertThat(seen.path("body").toString()).doesNotContain("refresh_token\"", "client_secret");
      assertThat(seen.path("connection").asText()).isEqualTo("users");
    }

    @Test
    @DisplayName("actions-runtime §7 in the exchange itself there is no event.refresh_token")
    void noEventAtIssue() {
      assertThat(
              offline("rotating")
                  .with("post_login", "if (event.refresh_token) throw new Error('there is one')")
                  .post()
                  .status())
          .isEqualTo(200);
    }

    @Test
    @DisplayName("§7.1 setExpiresAt and setIdleExpiresAt shorten at issue, the earliest wins")
    void shortensAtIssue() {
      long end = Instant.now().plusSeconds(60).toEpochMilli();
      String token =
          refreshToken(
              offline("rotating")
                  .with(
                      "post_login",
                      "api.refreshToken.setExpiresAt(%1$d + 1000); api.refreshToken.setExpiresAt(%1$d);"
                              .formatted(end)
                          + " api.refreshToken.setIdleExpiresAt(%d)".formatted(end - 1000)));

      assertThat(family(token, "extract(epoch from expires_at) * 1000").replaceAll("\\..*", ""))
          .isEqualTo(Long.toString(end));
      assertThat(family(token, "ends_at = idle_expires_at")).isEqualTo("true");
    }

    @Test
    @DisplayName("§7.1 they never extend: the settings' end stands, and w is logged")
    void neverExtends() {
      long late = Instant.now().plusSeconds(86_400).toEpochMilli();
      TokenRequest exchange =
          offline("rotating")
              .with("post_login", "api.refreshToken.setExpiresAt(%d)".formatted(late));
      String token = refreshToken(exchange);
      TokenRequest refresh =
          TokenRequest.refreshing("rotating", token)
              .with("post_login", "api.refreshToken.setIdleExpiresAt(%d)".formatted(late));

      Answer answer = refresh.post();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(family(token, "extract(epoch from expires_at - created_at)::int"))
          .isEqualTo("7200");
      assertThat(TestNode.shared().logs(exchange.userAgent()))
          .extracting(entry -> entry.path("type").asText())
          .containsExactly("w", "secte");
      assertThat(TestNode.shared().logs(refresh.userAgent()))
          .extracting(entry -> entry.path("type").asText())
          .containsExactly("w", "sertft");
    }

    @Test
    @DisplayName("§7.1 at a refresh they shorten what there is, for good")
    void shortensAtRefresh() {
      String token = refreshToken("refreshing");
      long end = Instant.now().plusSeconds(60).toEpochMilli();

      TokenRequest.refreshing("refreshing", token)
          .with("post_login", "api.refreshToken.setExpiresAt(%d)".formatted(end))
          .post();
      TokenRequest.refreshing("refreshing", token).post();

      assertThat(family(token, "extract(epoch from expires_at) * 1000").replaceAll("\\..*", ""))
          .isEqualTo(Long.toString(end));
    }

    @Test
    @DisplayName("§7.1 metadata is set, deleted and evicted, in call order")
    void metadata() {
      String token =
          refreshToken(
              offline("refreshing")
                  .with(
                      "post_login",
                      "api.refreshToken.setMetadata('a', '1'); api.refreshToken.setMetadata('b',"
                          + " '2'); api.refreshToken.deleteMetadata('a')"));
      assertThat(family(token, "metadata")).isEqualTo("{\"b\": \"2\"}");

      TokenRequest.refreshing("refreshing", token)
          .with(
              "post_login",
              "api.refreshToken.setMetadata('c', event.refresh_token.metadata.b);"
                  + " api.refreshToken.setMetadata('b', null)")
          .post();
      assertThat(family(token, "metadata")).isEqualTo("{\"c\": \"2\"}");

      TokenRequest.refreshing("refreshing", token)
          .with("post_login", "api.refreshToken.evictMetadata()")
          .post();
      assertThat(family(token, "metadata")).isEqualTo("{}");
    }

    @Test
    @DisplayName("§7.1 metadata that is not valid fails the transaction with its text")
    void badMetadata() {
      assertThat(
              offline("refreshing")
                  .with("post_login", "api.refreshToken.setMetadata('a b', 'c')")
                  .post()
                  .error())
          .isEqualTo(
              "403 access_denied: Failed to set refresh token metadata: Invalid metadata: Metadata"
                  + " keys may only include letters, numbers, underscores, or hyphens");
    }

    @Test
    @DisplayName(
        "token-endpoint §7.7, actions-runtime §7.1 revoke(reason): 403, srrt, the family is gone")
    void revokes() {
      String token = refreshToken("rotating");
      TokenRequest refresh =
          TokenRequest.refreshing("rotating", token)
              .with(
                  "post_login",
                  "api.access.deny('first'); api.refreshToken.revoke('stolen, I think')")
              .with("post_login_2", "throw new Error('ran')");

      assertThat(refresh.post().error()).isEqualTo("403 access_denied: stolen, I think");

      assertThat(TestNode.shared().logs(refresh.userAgent()))
          .extracting(entry -> entry.path("type").asText())
          .containsExactly("srrt", "fertft");
      assertThat(TokenRequest.refreshing("rotating", token).post().error()).isEqualTo(INVALID);
    }

    @Test
    @DisplayName("§7.1 revoke throws in a token exchange")
    void revokeElsewhere() {
      assertThat(
              offline("rotating").with("post_login", "api.refreshToken.revoke('x')").post().error())
          .isEqualTo(
              "403 access_denied: api.refreshToken.revoke is only available in a refresh token"
                  + " exchange");
    }

    @Test
    @DisplayName(
        "token-endpoint §11.6, actions-runtime §7.1 post-login runs again: claims, scopes, what is"
            + " unsupported")
    void runsAgain() {
      String token = refreshToken("refreshing");

      Answer answer =
          TokenRequest.refreshing("refreshing", token)
              .with(
                  "post_login",
                  "if (%s) { api.accessToken.setCustomClaim('https://c.example/x', 1);"
                          .formatted(REFRESHING)
                      + " api.accessToken.addScope('extra'); api.accessToken.removeScope('read') }")
              .post();
      Answer unsupported =
          TokenRequest.refreshing("refreshing", token)
              .with("post_login", "api.redirect.sendUserTo('https://x.example')")
              .post();

      assertThat(answer.accessToken().path("https://c.example/x").asInt()).isEqualTo(1);
      assertThat(answer.text("scope")).isEqualTo("openid offline_access extra");
      assertThat(unsupported.error())
          .isEqualTo(
              "400 invalid_request: api.redirect.sendUserTo is not supported for refresh token"
                  + " exchange");
    }
  }

  @Test
  @DisplayName("§10.1, §10.4 sertft says who, by what and which scopes; no token is in it")
  void logged() {
    String token = refreshToken("rotating");
    TokenRequest refresh = TokenRequest.refreshing("rotating", token);
    Answer answer = refresh.post();

    List<ObjectNode> entries = TestNode.shared().logs(refresh.userAgent());

    assertThat(entries).hasSize(1);
    ObjectNode entry = entries.getFirst();
    assertThat(entry.path("type").asText()).isEqualTo("sertft");
    assertThat(entry.path("client_id").asText()).isEqualTo("rotating");
    assertThat(entry.path("user_id").asText()).isEqualTo("auth0|jane");
    assertThat(entry.path("connection").asText()).isEqualTo("users");
    assertThat(entry.path("audience").asText()).isEqualTo(OFFLINE);
    assertThat(entry.path("scope").asText()).isEqualTo("openid read offline_access");
    assertThat(entry.toString())
        .doesNotContain(token, answer.text("refresh_token"), answer.text("access_token"));
  }

  @Test
  @DisplayName("§10.4 an Action that repeats the token does not bring it into the log")
  void masked() {
    String token = refreshToken("refreshing");
    TokenRequest refresh =
        TokenRequest.refreshing("refreshing", token)
            .with("post_login", "api.access.deny(event.request.body.copy)")
            .with("copy", token);

    assertThat(refresh.post().error()).isEqualTo("403 access_denied: " + token);
    assertThat(TestNode.shared().logs(refresh.userAgent()).toString())
        .doesNotContain(token)
        .contains("[redacted]");
  }

  @Nested
  @DisplayName("§11.6 what the exchange rested on is looked at again")
  class Withdrawn {
    private static final Administrator ADMIN =
        Administrator.anonymous(TestNode.shared().contract())
            .as("administrator", "administrator-secret-0123456789");

    private final String name = Administrator.unique("refresh");
    private final String userId = "oidc|idp|" + name;

    private TokenRequest exchange(String clientId) {
      return TokenRequest.running(
              "api.authentication.setUserByConnection('idp', {user_id: '%1$s', email: '%1$s@a.example'}, {creationBehavior: 'create_if_not_exists'})"
                  .formatted(name))
          .client(clientId)
          .with("audience", OFFLINE)
          .with("scope", "read offline_access");
    }

    private static void awaitAnswer(String clientId, String token, String error) {
      await()
          .untilAsserted(
              () ->
                  assertThat(TokenRequest.refreshing(clientId, token).post().error())
                      .isEqualTo(error));
    }

    @Test
    @DisplayName(
        "§11.6 a blocked user fails at once; a deleted one's tokens are gone, also when made anew")
    void user() {
      String token = refreshToken(exchange("refreshing"));
      String path = "/users/" + Administrator.segment(userId);

      ADMIN.patch(path, "{'blocked': true}");
      assertThat(TokenRequest.refreshing("refreshing", token).post().error())
          .isEqualTo("403 unauthorized: user is blocked");
      ADMIN.patch(path, "{'blocked': false}");
      assertThat(TokenRequest.refreshing("refreshing", token).post().status()).isEqualTo(200);
      ADMIN.delete(path);
      refreshToken(exchange("refreshing"));
      assertThat(TokenRequest.refreshing("refreshing", token).post().error()).isEqualTo(INVALID);
    }

    @Test
    @DisplayName("§11.6 a deleted API, also if there is one of that name again")
    void api() {
      String audience = "https://" + name + ".example";
      String body =
          "{'identifier': '%s', 'signing_alg': 'RS256', 'allow_offline_access': true, 'skip_consent_for_verifiable_first_party_clients': true}"
              .formatted(audience);
      String id = ADMIN.post("/resource-servers", body).body().path("id").asText();
      TokenRequest exchange = exchange("refreshing").with("audience", audience);
      await().until(() -> exchange.post().status() == 200);
      String token = refreshToken(exchange);
      assertThat(TokenRequest.refreshing("refreshing", token).post().status()).isEqualTo(200);

      ADMIN.patch("/resource-servers/" + id, "{'allow_offline_access': false}");
      awaitAnswer("refreshing", token, INVALID);
      ADMIN.patch(
          "/resource-servers/" + id,
          "{'allow_offline_access': true, 'subject_type_authorization': {'user': {'policy':"
              + " 'require_client_grant'}}}");
      awaitAnswer(
          "refreshing",
          token,
          "403 unauthorized_client: Client is not authorized to access \"%s\" for users"
              .formatted(audience));
      ADMIN.delete("/resource-servers/" + id);
      ADMIN.post("/resource-servers", body);
      awaitAnswer("refreshing", token, INVALID);
    }

    @Test
    @DisplayName("§11.6 a connection that is switched off for the client, then deleted")
    void connection() {
      String id =
          ADMIN
              .post(
                  "/connections",
                  "{'name': '%s', 'strategy': 'oidc', 'enabled_clients': ['refreshing']}"
                      .formatted(name))
              .body()
              .path("id")
              .asText();
      TokenRequest exchange =
          exchange("refreshing")
              .with(
                  "subject_token",
                  "api.authentication.setUserByConnection('%1$s', {user_id: 'u', email: 'u@a.example'}, {creationBehavior: 'create_if_not_exists'})"
                      .formatted(name));
      await().until(() -> exchange.post().status() == 200);
      String token = refreshToken(exchange);

      ADMIN.patch(
          "/connections/" + id + "/clients", "[{'client_id': 'refreshing', 'status': false}]");
      awaitAnswer("refreshing", token, "400 invalid_request: the connection was disabled");
      ADMIN.delete("/connections/" + id);
      awaitAnswer("refreshing", token, INVALID);
    }

    @Test
    @DisplayName("§11.6, §6 a user who has left the organization, which does not let them in again")
    void organization() {
      String org = ADMIN.get("/organizations/name/acme").body().path("id").asText();
      TokenRequest exchange = exchange("refreshing").with("organization", org);
      String token = refreshToken(exchange);
      Answer answer = TokenRequest.refreshing("refreshing", token).post();
      assertThat(answer.accessToken().path("org_id").asText()).isEqualTo(org);

      ADMIN.delete("/organizations/" + org + "/members", "{'members': ['%s']}".formatted(userId));

      assertThat(TokenRequest.refreshing("refreshing", token).post().error())
          .isEqualTo(
              "403 access_denied: user %s is not part of the %s organization"
                  .formatted(userId, org));
    }

    @Test
    @DisplayName("§11.6 RBAC is evaluated again: what is taken away is gone, what is back is back")
    void permissions() {
      String audience = "https://offline-rbac.contract.example";
      TokenRequest exchange = exchange("refreshing").with("audience", audience);
      exchange.post();
      String path = "/users/" + Administrator.segment(userId) + "/permissions";
      String body =
          "{'permissions': [{'resource_server_identifier': '%s', 'permission_name': 'read'}]}"
              .formatted(audience);
      ADMIN.post(path, body);
      String token = refreshToken(exchange);

      ADMIN.delete(path, body);
      Answer without = TokenRequest.refreshing("refreshing", token).post();
      ADMIN.post(path, body);
      Answer with = TokenRequest.refreshing("refreshing", token).post();

      assertThat(without.text("scope")).isEqualTo("offline_access");
      assertThat(without.accessToken().path("permissions").toString()).isEqualTo("[]");
      assertThat(with.text("scope")).isEqualTo("read offline_access");
      assertThat(with.accessToken().path("permissions").toString()).isEqualTo("[\"read\"]");
    }

    @Test
    @DisplayName("§7.7 a client that begins to rotate, then stops; §11.6 one that is deleted")
    void client() {
      Administrator.Response created =
          ADMIN.post(
              "/clients",
              "{'name': '%s', 'client_secret': '%s', 'oidc_conformant': true, 'grant_types': ['refresh_token'], 'token_endpoint_auth_method': 'client_secret_post', 'token_exchange': {'allow_any_profile_of_type': ['custom_authentication']}}"
                  .formatted(name, SECRET));
      String id = created.body().path("client_id").asText();
      assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
      String idp = ADMIN.get("/connections?name=idp").body().path(0).path("id").asText();
      ADMIN.patch(
          "/connections/" + idp + "/clients",
          "[{'client_id': '%s', 'status': true}]".formatted(id));
      TokenRequest exchange = exchange(id).with("client_secret", SECRET);
      await().until(() -> exchange.post().status() == 200);
      String first = refreshToken(exchange);
      String beside = refreshToken(exchange);
      String elsewhere =
          refreshToken(exchange.with("audience", "https://offline-other.contract.example"));

      ADMIN.patch(
          "/clients/" + id,
          "{'refresh_token': {'rotation_type': 'rotating', 'expiration_type': 'expiring'}}");
      String rotating = awaitRotated(id, first);
      assertThat(refresh(id, first).post().error()).isEqualTo(INVALID);
      assertThat(refresh(id, beside).post().error()).isEqualTo(INVALID);
      assertThat(refresh(id, elsewhere).post().text("refresh_token")).isNotEmpty();
      assertThat(family(rotating, "rotating and revoked_at is null")).isEqualTo("true");

      ADMIN.patch(
          "/clients/" + id,
          "{'refresh_token': {'rotation_type': 'non-rotating', 'expiration_type':"
              + " 'non-expiring'}}");
      String plain = awaitPlain(id, rotating);
      assertThat(refresh(id, rotating).post().error()).isEqualTo(INVALID);
      Answer answer = refresh(id, plain).post();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().has("refresh_token")).isFalse();

      ADMIN.delete("/clients/" + id);
      await().until(() -> refresh(id, plain).post().status() == 401);
      assertThat(TestNode.shared().column("select id from refresh_family where client_id = ?", id))
          .isEmpty();
    }

    private static final String SECRET = "a-secret-that-is-long-enough-for-this-0123456789";

    private static TokenRequest refresh(String clientId, String token) {
      return TokenRequest.refreshing(clientId, token).with("client_secret", SECRET);
    }

    /** Refreshes until the node has heard of the client's rotation. */
    private static String awaitRotated(String clientId, String token) {
      return await()
          .until(
              () -> refresh(clientId, token).post().text("refresh_token"), text -> !text.isEmpty());
    }

    /** Refreshes until the node has heard that the client rotates no more. */
    private static String awaitPlain(String clientId, String rotating) {
      String token = rotating;
      while (true) {
        String next = refresh(clientId, token).post().text("refresh_token");
        assertThat(next).isNotEmpty();
        token = next;
        if (family(token, "rotating").equals("false")) {
          return token;
        }
      }
    }
  }
}
