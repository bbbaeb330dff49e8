package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §1: the request")
class RequestContractIT {
  private static final String COMBINATION =
      "400 invalid_request: Invalid subject_token_type and requested_token_type combination.";

  @Nested
  @DisplayName("§1.1 Request")
  class Request {
    @Test
    @DisplayName("§1.1 form body")
    void form() {
      assertThat(TokenRequest.valid().post().status()).isEqualTo(200);
    }

    @Test
    @DisplayName("§1.1 JSON body")
    void json() {
      assertThat(TokenRequest.valid().postJson().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @DisplayName("§1.1 missing parameters are named")
    @ValueSource(strings = {"grant_type", "subject_token", "subject_token_type", "client_id"})
    void missing(String name) {
      String expected = "400 invalid_request: Missing required parameter: " + name;

      assertThat(TokenRequest.valid().without(name).post().error()).isEqualTo(expected);
      assertThat(TokenRequest.valid().with(name, "").post().error()).isEqualTo(expected);
    }

    @Test
    @DisplayName("§1.1 a repeated parameter is refused, not dropped")
    void repeated() {
      String form = TokenRequest.valid().form() + "&scope=read&scope=write";

      assertThat(TokenRequest.valid().post("application/x-www-form-urlencoded", form).error())
          .isEqualTo("400 invalid_request: Parameter 'scope' is given more than once");
    }

    @ParameterizedTest
    @DisplayName("§1.1 unreadable bodies are 400")
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "application/json|{",
          "application/json|[]",
          "application/json|{\"grant_type\":1}",
          "application/json|{\"grant_type\":\"a\",\"grant_type\":\"b\"}",
          "application/x-www-form-urlencoded|grant_type=%zz",
          "application/x-www-form-urlencoded|grant_type=%ff"
        })
    void unreadable(String contentType, String body) {
      Answer answer = TokenRequest.valid().post(contentType, body);

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text("error")).isEqualTo("invalid_request");
    }

    @Test
    @DisplayName("§1.1 ten thousand parameters are 400")
    void tooMany() {
      String form =
          IntStream.range(0, 10_000).mapToObj(i -> "p" + i + "=").collect(Collectors.joining("&"));

      assertThat(TokenRequest.valid().post("application/x-www-form-urlencoded", form).error())
          .isEqualTo("400 invalid_request: The request has too many parameters");
    }

    @Test
    @DisplayName("§1.1 other content types are 415")
    void otherContentType() {
      Answer answer = TokenRequest.valid().post("text/plain", "grant_type=x");

      assertThat(answer.status()).isEqualTo(415);
      assertThat(answer.text("error")).isEqualTo("invalid_request");
    }

    @Test
    @DisplayName("§1.1 no content type is 415 and does not hang")
    void noContentType() {
      Answer answer =
          TokenRequest.send(
              HttpRequest.newBuilder(URI.create(TestNode.shared().contract() + "oauth/token"))
                  .POST(HttpRequest.BodyPublishers.ofString("grant_type=x"))
                  .build());

      assertThat(answer.status()).isEqualTo(415);
    }

    @Test
    @DisplayName("§1.1 bodies over 256 KiB are 413")
    void tooLarge() {
      String form = "a=" + "x".repeat(256 * 1024 - 1);

      assertThat(TokenRequest.valid().post("application/x-www-form-urlencoded", form).status())
          .isEqualTo(413);
    }

    @Test
    @DisplayName("§1.1 a body of exactly 256 KiB is read")
    void largest() {
      String form = TokenRequest.valid().form() + "&pad=";
      String padded = form + "x".repeat(256 * 1024 - form.length());

      assertThat(TokenRequest.valid().post("application/x-www-form-urlencoded", padded).status())
          .isEqualTo(200);
    }

    @ParameterizedTest
    @DisplayName("§1.1 other methods are 405")
    @ValueSource(strings = {"GET", "PUT", "DELETE"})
    void otherMethods(String method) {
      Answer answer =
          TokenRequest.send(
              HttpRequest.newBuilder(URI.create(TestNode.shared().contract() + "oauth/token"))
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build());

      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.text("error")).isEqualTo("method_not_allowed");
      assertThat(answer.header("Allow")).isEqualTo("POST");
    }

    @Test
    @DisplayName("§1.1 parameters in the query string are ignored")
    void query() {
      TokenRequest request = TokenRequest.valid().without("grant_type");
      Answer answer =
          TokenRequest.send(
              HttpRequest.newBuilder(
                      URI.create(TestNode.shared().contract() + "oauth/token?grant_type=x"))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString(request.form()))
                  .build());

      assertThat(answer.error())
          .isEqualTo("400 invalid_request: Missing required parameter: grant_type");
    }

    @Test
    @DisplayName("§1.1 resource stands for an absent audience")
    void resource() {
      Answer answer =
          TokenRequest.valid()
              .without("audience")
              .with("resource", "https://api.contract.example")
              .post();

      assertThat(answer.accessToken().path("aud").asText())
          .isEqualTo("https://api.contract.example");
    }

    @Test
    @DisplayName("§1.1 audience wins over resource")
    void audienceWins() {
      Answer answer = TokenRequest.valid().with("resource", "https://unknown.example").post();

      assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    @DisplayName("§1.1 characters that no scope may have are 400")
    void scopeSyntax() {
      assertThat(TokenRequest.valid().with("scope", "read \"write\"").post().error())
          .isEqualTo("400 invalid_request: scope contains a character that is not allowed");
    }
  }

  @Nested
  @DisplayName("§1.2 Client authentication")
  class ClientAuthentication {
    @Test
    @DisplayName("§1.2 Basic and post are interchangeable for a client with a secret")
    void interchangeable() {
      assertThat(TokenRequest.valid().basic("app", "app-secret-0123456789").post().status())
          .isEqualTo(200);
      assertThat(TokenRequest.valid().client("symmetric").post().status()).isEqualTo(200);
    }

    @Test
    @DisplayName("§1.2 Basic with form-encoded halves")
    void formEncodedBasic() {
      assertThat(TokenRequest.valid().basic("app", "app%2Dsecret%2D0123456789").post().status())
          .isEqualTo(200);
    }

    @Test
    @DisplayName("§1.2 client_id may be repeated in the body, but not differ")
    void repeatedClientId() {
      assertThat(
              TokenRequest.valid()
                  .basic("app", "app-secret-0123456789")
                  .with("client_id", "app")
                  .post()
                  .status())
          .isEqualTo(200);
      assertThat(
              TokenRequest.valid()
                  .basic("app", "app-secret-0123456789")
                  .with("client_id", "symmetric")
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: client_id differs from the Authorization header");
    }

    @Test
    @DisplayName("§1.2 public clients send client_id only")
    void publicClient() {
      assertThat(
              TokenRequest.valid()
                  .with("client_id", "public")
                  .without("client_secret")
                  .post()
                  .status())
          .isEqualTo(200);
    }

    @ParameterizedTest
    @DisplayName("§1.2 unknown client, wrong, missing or unexpected secret: 401 access_denied")
    @CsvSource({
      "nobody, secret",
      "app, wrong",
      "app, ''",
      "app, app-secret-012345678",
      "app, app-secret-01234567890",
      "public, anything"
    })
    void refused(String clientId, String secret) {
      Answer answer =
          TokenRequest.valid().with("client_id", clientId).with("client_secret", secret).post();

      assertThat(answer.error()).isEqualTo("401 access_denied: Unauthorized");
      assertThat(answer.header("WWW-Authenticate")).isEmpty();
    }

    @Test
    @DisplayName("§1.2 WWW-Authenticate when Basic was used")
    void challenge() {
      Answer answer = TokenRequest.valid().basic("app", "wrong").post();

      assertThat(answer.error()).isEqualTo("401 access_denied: Unauthorized");
      assertThat(answer.header("WWW-Authenticate")).startsWith("Basic");
    }

    @Test
    @DisplayName("§1.2 two mechanisms at once: 400")
    void twoMechanisms() {
      assertThat(
              TokenRequest.valid()
                  .basic("app", "app-secret-0123456789")
                  .with("client_secret", "app-secret-0123456789")
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: The client must authenticate in one way only");
    }
  }

  @Nested
  @DisplayName("§1.3 auth0-forwarded-for")
  class ForwardedFor {
    private static final String DENY_WITH_IP =
        "api.access.deny('invalid_request', event.request.ip)";

    @Test
    @DisplayName("§1.3 replaces the peer's address for a trusted client")
    void trusted() {
      assertThat(
              TokenRequest.running(DENY_WITH_IP)
                  .client("proxy")
                  .header("auth0-forwarded-for", "203.0.113.7")
                  .post()
                  .text("error_description"))
          .isEqualTo("203.0.113.7");
    }

    @ParameterizedTest
    @DisplayName("§1.3 the peer's address is the one that a trusted proxy forwards")
    @CsvSource(
        delimiter = '|',
        value = {
          "X-Forwarded-For | 192.0.2.1 | 192.0.2.1",
          "X-Forwarded-For | 203.0.113.1, 192.0.2.1, 10.1.2.3 | 192.0.2.1",
          "Forwarded | for=203.0.113.1, for=\"[2001:db8::1]:99\" | 2001:db8:0:0:0:0:0:1",
        })
    void proxied(String header, String value, String expected) {
      TokenRequest request =
          TokenRequest.running(DENY_WITH_IP).proxied().header(header, value.strip());

      assertThat(request.post().text("error_description")).isEqualTo(expected);
      assertThat(TestNode.shared().logs(request.userAgent()))
          .allMatch(entry -> entry.path("ip").asText().equals(expected));
      // What a trusted client forwards still goes before it.
      assertThat(
              request
                  .client("proxy")
                  .header("auth0-forwarded-for", "203.0.113.7")
                  .post()
                  .text("error_description"))
          .isEqualTo("203.0.113.7");
    }

    @ParameterizedTest
    @DisplayName("§1.3 from anybody else forwarded headers mean nothing")
    @CsvSource(
        delimiter = '|',
        value = {
          "X-Forwarded-For | 192.0.2.1",
          "Forwarded | for=192.0.2.1;proto=https;host=evil.example",
          "X-Forwarded-Proto | https",
          "X-Forwarded-Host | evil.example",
        })
    void forged(String header, String value) {
      assertThat(
              TokenRequest.running(DENY_WITH_IP)
                  .header(header, value)
                  .post()
                  .text("error_description"))
          .isEqualTo("127.0.0.1");
    }

    @Test
    @DisplayName("§1.3 a trusted proxy says for which host and by which scheme a client asks")
    void schemeAndHost() throws Exception {
      String asked = URI.create(TestNode.shared().contract()).getAuthority();
      URI discovery =
          URI.create(TestNode.shared().quickstart() + ".well-known/openid-configuration");
      HttpRequest request =
          HttpRequest.newBuilder(discovery)
              .header("X-Forwarded-Proto", "https")
              .header("X-Forwarded-Host", asked)
              .build();

      assertThat(TestHttp.proxy().send(request, BodyHandlers.ofString()).body())
          .contains("\"issuer\":\"https://" + asked + "/\"");
      assertThat(TokenRequest.send(request).text("issuer"))
          .isEqualTo(TestNode.shared().quickstart());
    }

    @ParameterizedTest
    @DisplayName("§1.3 what a trusted proxy cannot mean: 400")
    @CsvSource(
        delimiter = '|',
        value = {
          "Forwarded | for=\"192.0.2.1",
          "X-Forwarded-Proto | ftp",
          "X-Forwarded-Host | a/b",
        })
    void unreadable(String header, String value) {
      assertThat(TokenRequest.valid().proxied().header(header, value).post().text("error"))
          .isEqualTo("invalid_request");
    }

    @ParameterizedTest
    @DisplayName("§1.3 is ignored from others and when malformed")
    @CsvSource({"app, 203.0.113.7", "proxy, not-an-ip", "proxy, '203.0.113.7, 10.0.0.1'"})
    void ignored(String client, String value) {
      assertThat(
              TokenRequest.running(DENY_WITH_IP)
                  .client(client)
                  .header("auth0-forwarded-for", value)
                  .post()
                  .text("error_description"))
          .isEqualTo("127.0.0.1");
    }
  }

  @Nested
  @DisplayName("§1.6 requested_token_type")
  class RequestedTokenType {
    @ParameterizedTest
    @DisplayName(
        "§1.6 absent, empty or access_token are accepted and reach the Action as one value")
    @ValueSource(strings = {"", "urn:ietf:params:oauth:token-type:access_token"})
    void accepted(String type) {
      assertThat(
              TokenRequest.running("api.access.deny('x', event.transaction.requested_token_type)")
                  .with("requested_token_type", type)
                  .post()
                  .text("error_description"))
          .isEqualTo("urn:ietf:params:oauth:token-type:access_token");
    }

    @ParameterizedTest
    @DisplayName("§1.6 anything else: 400")
    @ValueSource(
        strings = {
          "urn:ietf:params:oauth:token-type:id_token",
          "urn:ietf:params:oauth:token-type:refresh_token",
          "urn:auth0:params:oauth:token-type:session_transfer_token",
          "x"
        })
    void refused(String type) {
      assertThat(TokenRequest.valid().with("requested_token_type", type).post().error())
          .isEqualTo(COMBINATION);
    }
  }

  @Nested
  @DisplayName("§11.7 Who owns a token-exchange request")
  class Flows {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "urn:ietf:params:oauth:token-type:jwt",
          "http://auth0.com/oauth/token-type/apple-authz-code",
          "http://auth0.com/oauth/token-type/facebook-info-session-access-token",
          "http://auth0.com/oauth/token-type/google-id-token",
        })
    @DisplayName("§11.7 types of other flows select none that is here: the combination is refused")
    void otherFlows(String type) {
      assertThat(
              TokenRequest.valid()
                  .with("subject_token_type", type)
                  .with("requested_token_type", "urn:ietf:params:oauth:token-type:access_token")
                  .post()
                  .error())
          .isEqualTo(
              "400 invalid_request: Invalid subject_token_type and requested_token_type"
                  + " combination.");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
          "urn:ietf:params:oauth:grant-type:jwt-bearer",
          "password",
        })
    @DisplayName("§11.7 other grants: 403 unsupported_grant_type")
    void otherGrants(String grantType) {
      assertThat(TokenRequest.valid().with("grant_type", grantType).post().error())
          .isEqualTo("403 unsupported_grant_type: Unsupported grant type: " + grantType);
    }

    @Test
    @DisplayName("§11.7, §10.1 Token Vault and ID-JAG are told apart in the log")
    void toldApart() {
      TokenRequest vault =
          TokenRequest.valid()
              .with(
                  "grant_type",
                  "urn:auth0:params:oauth:grant-type:token-exchange"
                      + ":federated-connection-access-token");
      TokenRequest jag =
          TokenRequest.valid().with("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
      vault.post();
      jag.post();

      ObjectNode refused = TestNode.shared().logs(vault.userAgent()).getLast();
      assertThat(refused.path("type").asText()).isEqualTo("feta");
      assertThat(refused.path("description").asText())
          .isEqualTo("Token Vault exchange is not configured");
      assertThat(TestNode.shared().logs(jag.userAgent()).getLast().path("description").asText())
          .isEqualTo("Cross App Access is not configured");
    }
  }

  @Nested
  @DisplayName("§2 Preconditions")
  class Preconditions {
    @ParameterizedTest
    @DisplayName("P1–P3: 403 unauthorized_client")
    @ValueSource(strings = {"third-party", "not-conformant", "no-exchange", "on-behalf-of-only"})
    void client(String clientId) {
      Answer answer = TokenRequest.valid().client(clientId).post();

      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.text("error")).isEqualTo("unauthorized_client");
    }

    @ParameterizedTest
    @DisplayName("P5, §2.2: no profile, or a reserved type")
    @ValueSource(
        strings = {
          "urn:contract:unknown",
          "URN:CONTRACT:SCRIPTED",
          "urn:contract:scripted ",
          "urn:ietf:params:oauth:token-type:jwt",
          "http://auth0.com/oauth/token-type/google-id-token"
        })
    void profile(String subjectTokenType) {
      assertThat(TokenRequest.valid().with("subject_token_type", subjectTokenType).post().error())
          .isEqualTo(COMBINATION);
    }

    @Test
    @DisplayName("§2.1 one Action backs several profiles and is told the type")
    void sharedAction() {
      assertThat(
              TokenRequest.running("api.access.deny('x', event.transaction.subject_token_type)")
                  .with("subject_token_type", "https://contract.example/scripted")
                  .post()
                  .text("error_description"))
          .isEqualTo("https://contract.example/scripted");
    }

    @Test
    @DisplayName("P7: the connection must be enabled for the client")
    void disabledConnection() {
      assertThat(
              TokenRequest.running("api.authentication.setUserById('oidc|switched-off|old')")
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: the connection was disabled");
    }

    @Test
    @DisplayName("P8: an unknown audience")
    void audience() {
      assertThat(TokenRequest.valid().with("audience", "https://unknown.example").post().error())
          .isEqualTo("403 access_denied: Service not found: https://unknown.example");
    }

    @Test
    @DisplayName("P9: consent cannot be asked for")
    void consent() {
      assertThat(
              TokenRequest.valid()
                  .with("audience", "https://consent.contract.example")
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: consent_required");
    }

    @Test
    @DisplayName("P10: deny_all and require_client_grant")
    void userPolicy() {
      Answer denied =
          TokenRequest.valid().with("audience", "https://denied.contract.example").post();
      assertThat(denied.status()).isEqualTo(403);
      assertThat(denied.text("error")).isEqualTo("unauthorized_client");

      Answer notGranted =
          TokenRequest.valid()
              .client("proxy")
              .with("audience", "https://granted.contract.example")
              .post();
      assertThat(notGranted.status()).isEqualTo(403);

      Answer granted =
          TokenRequest.valid()
              .with("audience", "https://granted.contract.example")
              .with("scope", "read write")
              .post();
      assertThat(granted.text("scope")).isEqualTo("read");
    }
  }

  @Nested
  @DisplayName("§3 Order of checks")
  class Order {
    @Test
    @DisplayName("step 2: an unknown grant type")
    void grantType() {
      assertThat(TokenRequest.valid().with("grant_type", "password").post().error())
          .isEqualTo("403 unsupported_grant_type: Unsupported grant type: password");
    }

    @Test
    @DisplayName("step 3 before 5 to 8: a bad client learns nothing of profiles")
    void clientFirst() {
      assertThat(
              TokenRequest.valid()
                  .with("client_secret", "wrong")
                  .with("subject_token_type", "urn:contract:unknown")
                  .without("subject_token")
                  .post()
                  .status())
          .isEqualTo(401);
    }

    @Test
    @DisplayName("step 5 before 6, 6 before 7, 7 before 8, 8 before 10")
    void order() {
      TokenRequest broken =
          TokenRequest.valid()
              .client("no-exchange")
              .with("subject_token_type", "urn:ietf:params:oauth:token-type:jwt")
              .without("subject_token")
              .with("audience", "https://unknown.example");

      assertThat(broken.post().error()).isEqualTo(COMBINATION);
      broken.with("subject_token_type", "urn:contract:unknown");
      assertThat(broken.post().text("error")).isEqualTo("unauthorized_client");
      broken.client("app");
      assertThat(broken.post().error())
          .isEqualTo("400 invalid_request: Missing required parameter: subject_token");
      broken.with("subject_token", "x");
      assertThat(broken.post().error()).isEqualTo(COMBINATION);
      broken.with("subject_token_type", "urn:contract:scripted");
      assertThat(broken.post().text("error")).isEqualTo("access_denied");
    }
  }

  @Test
  @DisplayName("§1.4 what asks for proof of possession is refused, never answered unbound")
  void proofOfPossession() {
    assertThat(TokenRequest.valid().header("DPoP", "x.y.z").post().text("error"))
        .isEqualTo("invalid_dpop_proof");
    assertThat(
            TokenRequest.valid().with("audience", "https://bound.contract.example").post().error())
        .isEqualTo("400 invalid_request: Proof-of-Possession is required");
  }

  @Test
  @DisplayName("§6 organizations: usage decides, and an unknown one is invalid")
  void organizations() {
    assertThat(TokenRequest.valid().with("organization", "org_1").post().error())
        .isEqualTo("400 invalid_request: parameter organization is not allowed for this client");
    assertThat(
            TokenRequest.valid().client("org-allowed").with("organization", "org_1").post().error())
        .isEqualTo("400 invalid_request: parameter organization is invalid: org_1");
    assertThat(TokenRequest.valid().client("org-required").post().error())
        .isEqualTo("400 invalid_request: parameter organization is required for this client");
  }

  @Test
  @DisplayName("an unknown path is 404 in JSON")
  void unknownPath() {
    assertThat(TokenRequest.get(TestNode.shared().contract() + "nothing").error())
        .isEqualTo("404 not_found: There is nothing at this path");
  }
}
