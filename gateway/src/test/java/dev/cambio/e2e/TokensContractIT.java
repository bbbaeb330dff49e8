package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §1.5, §7, §10, §11: answers, tokens, logs, metadata")
class TokensContractIT {

  @Nested
  @DisplayName("§1.5 Success response")
  class Response {
    @Test
    @DisplayName("§1.5 members and headers")
    void members() {
      Answer answer = TokenRequest.valid().post();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).isEqualTo("application/json");
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.header("Pragma")).isEqualTo("no-cache");
      assertThat(answer.json().properties())
          .extracting(Map.Entry::getKey)
          .containsExactly("access_token", "issued_token_type", "token_type", "expires_in");
      assertThat(answer.text("issued_token_type"))
          .isEqualTo("urn:ietf:params:oauth:token-type:access_token");
      assertThat(answer.text("token_type")).isEqualTo("Bearer");
      assertThat(answer.json().path("expires_in").asInt()).isEqualTo(86_400);
    }

    @ParameterizedTest
    @DisplayName("§1.5, §7.2 scope is told only if it differs from what was asked")
    @CsvSource({
      "read, ''",
      "write read, ''",
      "read unknown, read",
      "read offline_access, read",
      "unknown, NONE"
    })
    void scope(String requested, String told) {
      Answer answer = TokenRequest.valid().with("scope", requested).post();

      if (told.isEmpty()) {
        assertThat(answer.json().has("scope")).isFalse();
        assertThat(answer.accessToken().path("scope").asText()).isEqualTo(requested);
      } else {
        String expected = told.equals("NONE") ? "" : told;
        assertThat(answer.text("scope")).isEqualTo(expected);
        assertThat(answer.accessToken().path("scope").asText()).isEqualTo(expected);
      }
    }

    @Test
    @DisplayName("§7.2 addScope and removeScope are applied last")
    void changedByAction() {
      Answer answer =
          TokenRequest.valid()
              .with("scope", "read")
              .with(
                  "post_login",
                  "api.accessToken.addScope('extra'); api.accessToken.removeScope('read')")
              .post();

      assertThat(answer.text("scope")).isEqualTo("extra");
    }

    @Test
    @DisplayName("§7.2 an API that enforces policies grants nothing without permissions")
    void rbac() {
      assertThat(
              TokenRequest.valid()
                  .with("audience", "https://rbac.contract.example")
                  .with("scope", "read")
                  .post()
                  .text("scope"))
          .isEmpty();
    }
  }

  @Nested
  @DisplayName("§7.1 Access tokens")
  class AccessTokens {
    @Test
    @DisplayName("§7.1 access_token dialect: header and claims")
    void auth0Dialect() {
      Answer answer = TokenRequest.valid().with("scope", "read").post();

      ObjectNode header = Answer.part(answer.text("access_token"), 0);
      assertThat(header.path("typ").asText()).isEqualTo("JWT");
      assertThat(header.path("alg").asText()).isEqualTo("RS256");
      assertThat(header.path("kid").asText()).isEqualTo(currentKey());
      ObjectNode claims = answer.accessToken();
      assertThat(claims.properties())
          .extracting(Map.Entry::getKey)
          .containsExactlyInAnyOrder("iss", "sub", "aud", "iat", "exp", "scope", "azp");
      assertThat(claims.path("iss").asText()).isEqualTo(TestNode.shared().contract());
      assertThat(claims.path("sub").asText()).isEqualTo("auth0|jane");
      assertThat(claims.path("aud").asText()).isEqualTo("https://api.contract.example");
      assertThat(claims.path("azp").asText()).isEqualTo("app");
      assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(86_400);
    }

    @Test
    @DisplayName("§7.1 rfc9068_profile: at+jwt, client_id, jti, the API's lifetime")
    void rfc9068() {
      Answer answer =
          TokenRequest.valid().with("audience", "https://rfc9068.contract.example").post();

      assertThat(Answer.part(answer.text("access_token"), 0).path("typ").asText())
          .isEqualTo("at+jwt");
      ObjectNode claims = answer.accessToken();
      assertThat(claims.path("client_id").asText()).isEqualTo("app");
      assertThat(claims.path("jti").asText()).isNotEmpty();
      assertThat(claims.has("azp")).isFalse();
      assertThat(answer.json().path("expires_in").asInt()).isEqualTo(120);
    }

    @Test
    @DisplayName("§7.1 HS256 with the API's own secret, and aud alone even with openid")
    void symmetric() throws Exception {
      Answer answer =
          TokenRequest.valid()
              .with("audience", "https://symmetric.contract.example")
              .with("scope", "openid")
              .post();
      String[] parts = answer.text("access_token").split("\\.");

      Mac mac = Mac.getInstance("HmacSHA256");
      byte[] secret = "a-signing-secret-of-the-api-0123456789".getBytes(StandardCharsets.US_ASCII);
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      byte[] expected =
          mac.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      assertThat(Base64.getUrlDecoder().decode(parts[2])).isEqualTo(expected);
      assertThat(answer.accessToken().path("aud").asText())
          .isEqualTo("https://symmetric.contract.example");
    }

    @Test
    @DisplayName("§7.1 aud is an array with userinfo when openid is granted")
    void audience() {
      Answer answer = TokenRequest.valid().with("scope", "openid").post();

      assertThat(answer.accessToken().path("aud").toString())
          .isEqualTo(
              "[\"https://api.contract.example\",\"%suserinfo\"]"
                  .formatted(TestNode.shared().contract()));
    }

    @Test
    @DisplayName(
        "§7.4, additions C7 restricted names are dropped, private and namespaced ones kept")
    void customClaims() {
      ObjectNode claims =
          TokenRequest.valid()
              .with(
                  "post_login",
                  "for (const n of ['__proto__', 'constructor', 'prototype', 'sub', 'iss', 'scope',"
                      + " 'act', 'azp', 'email', 'https://auth0.com/x', 'role',"
                      + " 'https://acme.example/x', 'urn:acme:x'])"
                      + " api.accessToken.setCustomClaim(n, 'custom');const poison ="
                      + " JSON.parse('{\"__proto__\": {\"x\": 1}, \"y\":"
                      + " 2}');api.accessToken.setCustomClaim('object', {a: [1, null, poison], d:"
                      + " new Date(0), constructor: {prototype: 1}})")
              .post()
              .accessToken();

      assertThat(claims.path("sub").asText()).isEqualTo("auth0|jane");
      assertThat(claims.properties().stream().filter(c -> c.getValue().asText().equals("custom")))
          .extracting(Map.Entry::getKey)
          .containsExactlyInAnyOrder("role", "https://acme.example/x", "urn:acme:x");
      assertThat(claims.path("object").toString())
          .isEqualTo("{\"a\":[1,null,{\"y\":2}],\"d\":\"1970-01-01T00:00:00.000Z\"}");
    }

    @Test
    @DisplayName("§7.4 more than 100 KB of custom claims: 500")
    void tooManyClaims() {
      assertThat(
              TokenRequest.valid()
                  .with(
                      "post_login", "api.accessToken.setCustomClaim('big', 'x'.repeat(101 * 1024))")
                  .post()
                  .status())
          .isEqualTo(500);
    }
  }

  @Nested
  @DisplayName("§7.3 ID tokens")
  class IdTokens {
    @Test
    @DisplayName("§7.3 only with openid")
    void onlyWithOpenid() {
      assertThat(TokenRequest.valid().with("scope", "profile").post().json().has("id_token"))
          .isFalse();
    }

    @Test
    @DisplayName("§7.3 claims by scope, lifetime of the client, at_hash")
    void claims() throws Exception {
      Answer answer = TokenRequest.valid().with("scope", "openid profile email").post();
      ObjectNode claims = answer.idToken();

      assertThat(claims.path("aud").asText()).isEqualTo("app");
      assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(600);
      assertThat(claims.path("given_name").asText()).isEqualTo("Jane");
      assertThat(claims.path("family_name").asText()).isEqualTo("Doe");
      assertThat(claims.path("email").asText()).isEqualTo("jane@contract.example");
      assertThat(claims.path("email_verified").asBoolean()).isTrue();
      assertThat(claims.path("updated_at").asText()).contains("T").endsWith("Z");
      assertThat(claims.has("nickname")).isFalse();
      assertThat(claims.has("nonce") || claims.has("sid") || claims.has("auth_time")).isFalse();
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(answer.text("access_token").getBytes(StandardCharsets.US_ASCII));
      assertThat(claims.path("at_hash").asText())
          .isEqualTo(
              Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 16)));
    }

    @Test
    @DisplayName("§7.3 openid alone tells nothing of the profile")
    void openidOnly() {
      assertThat(TokenRequest.valid().with("scope", "openid").post().idToken().properties())
          .extracting(Map.Entry::getKey)
          .containsExactlyInAnyOrder("iss", "sub", "aud", "iat", "exp", "at_hash");
    }

    @Test
    @DisplayName("§7.4 custom claims on the ID token; standard ones follow their scope")
    void customClaims() {
      String code =
          "api.idToken.setCustomClaim('tier', 'gold').idToken.setCustomClaim('name', 'Other')";

      ObjectNode without =
          TokenRequest.valid().with("scope", "openid").with("post_login", code).post().idToken();
      assertThat(without.path("tier").asText()).isEqualTo("gold");
      assertThat(without.has("name")).isFalse();
      ObjectNode with =
          TokenRequest.valid()
              .with("scope", "openid profile")
              .with("post_login", code)
              .post()
              .idToken();
      assertThat(with.path("name").asText()).isEqualTo("Other");
    }
  }

  @Nested
  @DisplayName("§10 Tenant logs")
  class Logs {
    @Test
    @DisplayName("§10.2 secte: what it says, and one only")
    void success() {
      TokenRequest request =
          TokenRequest.running(SET_JANE).with("scope", "read").with("custom", "extension");
      Answer answer = request.post();

      List<ObjectNode> logs = TestNode.shared().logs(request.userAgent());
      assertThat(logs).hasSize(1);
      ObjectNode log = logs.getFirst();
      assertThat(log.path("type").asText()).isEqualTo("secte");
      assertThat(log.path("tenant_name").asText()).isEqualTo("contract");
      assertThat(log.path("client_id").asText()).isEqualTo("app");
      assertThat(log.path("client_name").asText()).isEqualTo("app");
      assertThat(log.path("audience").asText()).isEqualTo("https://api.contract.example");
      assertThat(log.path("ip").asText()).isEqualTo("127.0.0.1");
      assertThat(log.path("user_id").asText()).isEqualTo("auth0|jane");
      assertThat(log.path("user_name").asText()).isEqualTo("Jane");
      assertThat(log.path("connection").asText()).isEqualTo("users");
      assertThat(log.path("connection_id").asText()).startsWith("con_");
      assertThat(log.path("scope").asText()).isEqualTo("read");
      assertThat(log.path("details").path("subject_token_type").asText())
          .isEqualTo("urn:contract:scripted");
      assertThat(log.path("details").path("actions").path("executions")).hasSize(2);
      assertThat(log.has("hostname")).isFalse();
      assertThat(log.toString())
          .doesNotContain(
              answer.text("access_token"), SET_JANE, "app-secret-0123456789", "extension");
    }

    @Test
    @DisplayName("§10.2 jti of an RFC 9068 token, and the SDK that made the request")
    void optionalMembers() {
      String sdk = "{\"name\":\"auth0\",\"version\":\"6.0.0\",\"more\":1}";
      TokenRequest request =
          TokenRequest.valid()
              .with("audience", "https://rfc9068.contract.example")
              .header(
                  "Auth0-Client",
                  Base64.getEncoder().encodeToString(sdk.getBytes(StandardCharsets.US_ASCII)));
      String jti = request.post().accessToken().path("jti").asText();

      ObjectNode log = TestNode.shared().logs(request.userAgent()).getFirst();
      assertThat(log.path("details").path("access_token_jti").asText()).isEqualTo(jti);
      assertThat(log.path("auth0_client").toString())
          .isEqualTo("{\"name\":\"auth0\",\"version\":\"6.0.0\"}");
    }

    @Test
    @DisplayName("§10.3 fecte: the full reason, a hostname, no user and no connection")
    void failure() {
      TokenRequest request =
          TokenRequest.running(
              "api.authentication.setUserByConnection('idp', {user_id: 'x', role: 1}, {})"
                  .replace("role: 1", "email: 'e'"));
      request.post();

      ObjectNode log = TestNode.shared().logs(request.userAgent()).getLast();
      assertThat(log.path("type").asText()).isEqualTo("fecte");
      assertThat(log.path("description").asText()).isEqualTo("The user could not be resolved.");
      assertThat(log.path("hostname").asText()).startsWith("127.0.0.1:");
      assertThat(log.has("user_id") || log.has("connection")).isFalse();
    }

    @Test
    @DisplayName("§10.3 fecte of a client that did not authenticate names whom it claimed to be")
    void unauthenticated() {
      TokenRequest request = TokenRequest.valid().client("nobody");
      request.post();

      ObjectNode log = TestNode.shared().logs(request.userAgent()).getLast();
      assertThat(log.path("type").asText()).isEqualTo("fecte");
      assertThat(log.path("client_id").asText()).isEqualTo("nobody");
      assertThat(log.toString()).doesNotContain("nobody-secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\0", "\\ud800", "\\udfff"})
    @DisplayName("§10.3 a character in an Action's reason that nothing can store breaks no log")
    void unstorable(String character) {
      TokenRequest request =
          TokenRequest.running("api.access.deny('x', 'a%sb')".formatted(character));

      assertThat(request.post().status()).isEqualTo(400);
      assertThat(TestNode.shared().logs(request.userAgent())).hasSize(1);
    }

    @Test
    @DisplayName("§10.4 log_id sorts in creation order")
    void logIds() {
      TokenRequest request = TokenRequest.valid();
      request.post();
      request.post();
      request.post();

      assertThat(TestNode.shared().logs(request.userAgent()))
          .extracting(log -> log.path("log_id").asText())
          .hasSize(3)
          .isSorted();
    }
  }

  @Nested
  @DisplayName("§11 Discovery and keys")
  class Metadata {
    @Test
    @DisplayName("§11.1 only what works, under the request's own issuer")
    void discovery() {
      String issuer = TestNode.shared().contract();
      Answer answer = TokenRequest.get(issuer + ".well-known/openid-configuration");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text("issuer")).isEqualTo(issuer);
      assertThat(answer.text("token_endpoint")).isEqualTo(issuer + "oauth/token");
      assertThat(TokenRequest.get(answer.text("jwks_uri")).status()).isEqualTo(200);
      assertThat(answer.json().has("authorization_endpoint")).isFalse();
      assertThat(TokenRequest.get(issuer + ".well-known/oauth-authorization-server").json())
          .isEqualTo(answer.json());
    }

    @Test
    @DisplayName("§11.2 current and next key of each kind, RSA first, with certificate and caching")
    void jwks() {
      Answer answer = TokenRequest.get(TestNode.shared().quickstart() + ".well-known/jwks.json");

      assertThat(answer.json().path("keys").findValuesAsText("kty"))
          .contains("EC", "OKP")
          .startsWith("RSA", "RSA");
      assertThat(answer.json().path("keys").path(0).properties())
          .extracting(Map.Entry::getKey)
          .containsExactlyInAnyOrder("kty", "use", "alg", "kid", "n", "e", "x5t", "x5c");
      assertThat(answer.header("Cache-Control"))
          .isEqualTo("public, max-age=15, stale-while-revalidate=15");
    }

    @Test
    @DisplayName("§11.2 tenants publish their own keys")
    void tenantsApart() {
      assertThat(TokenRequest.get(TestNode.shared().quickstart() + ".well-known/jwks.json").json())
          .isNotEqualTo(
              TokenRequest.get(TestNode.shared().contract() + ".well-known/jwks.json").json());
    }
  }

  private static String currentKey() {
    return TestNode.shared()
        .column(
            "select kid from signing_key"
                + " where tenant_id = 'contract' and kty = 'RSA' and state = 'current'")
        .getFirst();
  }
}
