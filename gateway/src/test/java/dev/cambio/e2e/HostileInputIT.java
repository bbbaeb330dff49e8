package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.cambio.e2e.TokenRequest.Answer;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §1.1, §4.2: hostile input gets an exact 4xx")
class HostileInputIT {

  /** Whatever came before, the node is as well as ever. */
  @AfterEach
  void well() {
    assertThat(TokenRequest.valid().post().status()).isEqualTo(200);
  }

  @Nested
  @DisplayName("§1.1 Bodies")
  class Bodies {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "grant_type=%",
          "grant_type=%4",
          "grant_type=%zz",
          "grant_type=%ff%fe",
          "grant_type=%c0%80",
          "grant_type=%ed%a0%80",
          "%ff=1",
          "grant_type=\u00ff",
          "a=%00",
          "%00=a",
          "a=1&a=2",
          "a=1&%61=2",
          "a&a",
          "=1&=2",
        })
    @DisplayName("§1.1 a form that no strict reader accepts: 400 invalid_request")
    void form(String body) throws IOException {
      RawRequest.Answer answer = RawRequest.form(body);

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.error()).isEqualTo("invalid_request");
    }

    static Stream<String> json() {
      return Stream.of(
          "",
          " ",
          "null",
          "1",
          "\"grant_type\"",
          "[]",
          "{",
          "{}}",
          "{} {}",
          "{\"a\":\"b\",}",
          "{'a':'b'}",
          "{a:\"b\"}",
          "{\"a\":NaN}",
          "{\"a\":1e400}",
          "{\"a\":" + "9".repeat(10_000) + "}",
          "{\"a\":null}",
          "{\"a\":true}",
          "{\"a\":[\"b\"]}",
          "{\"a\":{\"b\":\"c\"}}",
          "{\"a\":\"1\",\"a\":\"2\"}",
          "{\"a\":\"1\",\"\\u0061\":\"2\"}",
          "{\"a\":\"\\u0000\"}",
          "{\"a\":\"\u0001\"}",
          "{\"a\":\"\\x41\"}",
          "/* c */ {}",
          "\u00ef\u00bb\u00bf{}",
          "{\"a\":\"\u00ff\"}",
          "[".repeat(100_000),
          "{\"a\":".repeat(20_000),
          new String("{\"grant_type\":\"a\"}".getBytes(UTF_16), ISO_8859_1));
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("§1.1 JSON that is not one object of strings: 400 invalid_request")
    void json(String body) throws IOException {
      RawRequest.Answer answer = RawRequest.json(body);

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.error()).isEqualTo("invalid_request");
    }

    @Test
    @DisplayName("§1.1 ten thousand parameters in JSON: 400")
    void many() throws IOException {
      String body =
          IntStream.range(0, 10_000)
              .mapToObj(i -> "\"p" + i + "\":\"\"")
              .collect(Collectors.joining(",", "{", "}"));

      assertThat(RawRequest.json(body).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "grant_type",
          "subject_token",
          "subject_token_type",
          "client_id",
          "client_secret",
          "audience",
          "scope",
          "organization",
          "actor_token",
          "actor_token_type",
          "requested_token_type",
          "resource",
          "extension",
        })
    @DisplayName("§1.1 any parameter given twice: 400, whether its values agree or not")
    void repeated(String name) {
      for (String second : List.of("", "x", "https://api.contract.example")) {
        String form = TokenRequest.valid().with(name, "x").form() + "&" + name + "=" + second;

        assertThat(TokenRequest.valid().post("application/x-www-form-urlencoded", form).error())
            .isEqualTo("400 invalid_request: Parameter '" + name + "' is given more than once");
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"Grant_Type", "GRANT_TYPE", "grant_type[]", " grant_type", "grant_type "})
    @DisplayName("§1.1 a name that is not exactly the parameter's is another parameter")
    void otherNames(String name) {
      String value = "urn:ietf:params:oauth:grant-type:token-exchange";

      assertThat(TokenRequest.valid().without("grant_type").with(name, value).post().error())
          .isEqualTo("400 invalid_request: Missing required parameter: grant_type");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "multipart/form-data; boundary=x",
          "text/json",
          "application/jsonx",
          "application/x-www-form-urlencoded2",
          "*/*",
          ";",
          "application/json,application/json",
        })
    @DisplayName("§1.1 any other content type: 415")
    void contentTypes(String type) throws IOException {
      RawRequest.Answer answer =
          RawRequest.post("Content-Type: " + type + "\r\nContent-Length: 3\r\n", "a=b");

      assertThat(answer.status()).isEqualTo(415);
    }

    @Test
    @DisplayName("§1.1 one byte more than 256 KiB: 413, with a length and without")
    void tooLarge() throws IOException {
      String body = "x".repeat(256 * 1024 + 1);

      assertThat(RawRequest.form(body).status()).isEqualTo(413);
      assertThat(
              RawRequest.post(
                      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
                      "%x\r\n%s\r\n0\r\n\r\n".formatted(body.length(), body))
                  .status())
          .isEqualTo(413);
    }

    @Test
    @DisplayName("§1.1 a body that does not come in whole: 408, and the connection is closed")
    void slow() throws IOException {
      RawRequest.Answer answer =
          RawRequest.post(
              "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n", "a=b");

      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.error()).isEqualTo("invalid_request");
    }

    @Test
    @DisplayName("§1.1 what is long is not repeated at length in the answer")
    void reflected() {
      String large = "x".repeat(200_000);
      for (TokenRequest request :
          List.of(
              TokenRequest.valid().with("grant_type", large),
              TokenRequest.valid().with("audience", large),
              TokenRequest.valid().client("org-allowed").with("organization", large),
              TokenRequest.valid().with("subject_token_type", large),
              TokenRequest.valid().with("requested_token_type", large),
              TokenRequest.valid()
                  .with("scope", large)
                  .with("audience", "a\"b\r\nSet-Cookie: x"))) {
        Answer answer = request.post();
        assertThat(answer.status()).isBetween(400, 499);
        assertThat(answer.response().body().length()).isLessThan(1000);
        assertThat(answer.response().headers().firstValue("Set-Cookie")).isEmpty();
      }
    }
  }

  @Nested
  @DisplayName("§1.1 Names longer than anything has: answered as those that nothing has")
  class Lengths {
    private static final String LONG = "x".repeat(240_000);

    static Stream<Arguments> parameters() {
      return Stream.of(
          arguments("audience", "403 access_denied: Service not found: xxx"),
          arguments("organization", "400 invalid_request: parameter organization is invalid: xxx"),
          arguments(
              "subject_token_type",
              "400 invalid_request: Invalid subject_token_type and requested_token_type"
                  + " combination."),
          arguments("client_id", "401 access_denied: Unauthorized"),
          arguments("client_secret", "401 access_denied: Unauthorized"),
          arguments("grant_type", "403 unsupported_grant_type: Unsupported grant type: xxx"),
          arguments(
              "requested_token_type",
              "400 invalid_request: Invalid subject_token_type and requested_token_type"
                  + " combination."));
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("§1.1, §1.2, §2, §6 a parameter of the exchange")
    void parameters(String name, String error) {
      assertThat(TokenRequest.valid().client("org-allowed").with(name, LONG).post().error())
          .startsWith(error);
    }

    @Test
    @DisplayName("§1.1 the resource that stands for an audience")
    void resource() {
      assertThat(TokenRequest.valid().without("audience").with("resource", LONG).post().error())
          .startsWith("403 access_denied: Service not found: xxx");
    }

    @Test
    @DisplayName("§7.2 a scope is dropped like any that the API does not have")
    void scope() {
      Answer answer = TokenRequest.valid().with("scope", "openid " + LONG).post();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text("scope")).isEqualTo("openid");
    }

    @Test
    @DisplayName("§4.2 an actor_token")
    void actorToken() {
      Answer answer =
          TokenRequest.valid()
              .with("actor_token", "x".repeat(100_000) + ".x.x")
              .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token")
              .post();

      assertThat(answer.error()).isEqualTo("400 invalid_request: Invalid actor_token");
    }

    @Test
    @DisplayName("§11.4, §11.6 tokens that are to be revoked, described, or refreshed")
    void tokens() {
      assertThat(TokenRequest.about(LONG, "app").postTo("oauth/revoke").status()).isEqualTo(200);
      assertThat(TokenRequest.about(LONG, "app").postTo("oauth/introspect").json().path("active"))
          .isEqualTo(BooleanNode.FALSE);
      assertThat(TokenRequest.refreshing("refreshing", LONG).post().error())
          .isEqualTo("403 invalid_grant: Unknown or invalid refresh token.");
    }

    @Test
    @DisplayName("§8 an mfa_token")
    void mfaToken() {
      assertThat(
              TokenRequest.valid()
                  .client("mfa")
                  .with("grant_type", "http://auth0.com/oauth/grant-type/mfa-otp")
                  .with("mfa_token", LONG)
                  .with("otp", "123456")
                  .post()
                  .status())
          .isEqualTo(401);
    }

    @Test
    @DisplayName("§1.1 a Host")
    void host() throws IOException {
      RawRequest.Answer answer =
          RawRequest.send(
              "GET /.well-known/jwks.json HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted("x".repeat(7000)));

      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.error()).isEqualTo("not_found");
    }
  }

  @Nested
  @DisplayName("§1.1 HTTP")
  class Http {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "GARBAGE||",
          "POST /oauth/token HTTP/9.9||",
          "POST /oauth/token HTTP/1.1|Connection: close||",
          "POST /oauth/token HTTP/1.1|Host: |Connection: close||",
          "POST /oauth/token HTTP/1.1|Host: else.example|Connection: close|Content-Length: 0||",
          "POST /oauth/token HTTP/1.1|Host: a@b|Connection: close|Content-Length: 0||",
          "POST /oauth/token HTTP/1.1|Host: [::1|Connection: close|Content-Length: 0||",
          "POST /oauth/token HTTP/1.1|Host: x:99999|Connection: close|Content-Length: 0||",
          "POST /oauth/token HTTP/1.1|Host: x|Connection: close|Content-Length: -1||",
          "POST /oauth/token HTTP/1.1|Host: x|Connection: close|Content-Length: 1|Content-Length:"
              + " 2||a",
          "POST /oauth/token HTTP/1.1|Host: x|Connection: close|Transfer-Encoding: chunked||zz|",
        })
    @DisplayName("§1.1 what is hardly HTTP (| ends a line): a 4xx, or nothing but an end")
    void lines(String bytes) throws IOException {
      assertThat(RawRequest.send(bytes.replace("|", "\r\n")).status())
          .isIn(0, 400, 404, 413, 414, 431, 505);
    }

    @Test
    @DisplayName("§1.1 a header of megabytes: a 4xx")
    void hugeHeader() throws IOException {
      assertThat(RawRequest.post("X: " + "x".repeat(1_000_000) + "\r\n", "").status())
          .isIn(0, 400, 431);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "Basic",
          "Basic ",
          "Basic %%%",
          "Basic YQ==",
          "Basic /////w==",
          "Basic OmI=",
          "basic YXBwOg==",
        })
    @DisplayName("§1.2 HTTP Basic that is none: a 4xx")
    void basic(String header) {
      Answer answer =
          TokenRequest.valid()
              .without("client_id")
              .without("client_secret")
              .header("Authorization", header)
              .post();

      assertThat(answer.status()).isIn(400, 401);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "POST PATH HTTP/1.1|Content-Length: 0||",
          "POST PATH HTTP/1.0|Content-Length: 0||",
          "POST PATH HTTP/1.1|Host: HOST|Host: HOST||",
          "POST PATH HTTP/1.1|Host: HOST|host: else.example||",
          "POST PATH HTTP/1.1|Host: HOST, HOST||",
          "POST PATH HTTP/1.1|Host: :80||",
          "POST PATH HTTP/1.1|Host: HOST|Authorization: Basic YTpi|authorization: Basic YTpj||",
          "POST PATH HTTP/1.1|Host: HOST|DPoP: a|DPoP: a||",
          "POST PATH HTTP/1.1|Host: HOST|client-certificate: a|client-certificate: a||",
          "POST PATH HTTP/1.1|Host: HOST|client-certificate-ca-verified: SUCCESS"
              + "|Client-Certificate-CA-Verified: FAILED||",
          "POST PATH HTTP/1.1|Host: HOST|cname-api-key: a|cname-api-key: b||",
          "POST PATH HTTP/1.1|Host: HOST|auth0-forwarded-for: a|auth0-forwarded-for: b||",
          "POST PATH HTTP/1.1|Host: HOST|X-Forwarded-Proto: a|X-Forwarded-Proto: b||",
          "POST PATH HTTP/1.1|Host: HOST|X-Forwarded-Host: a|X-Forwarded-Host: b||",
          "POST PATH HTTP/1.1|Host: HOST|Content-Type: application/json"
              + "|Content-Type: application/json|Content-Length: 2||{}",
          "POST PATH HTTP/1.1|Host: HOST|Content-Length: 2|Content-Length: 2||{}",
          "POST PATH HTTP/1.1|Host: HOST|Content-Length: 2, 2||{}",
          "POST PATH HTTP/1.1|Host: HOST|Content-Length: +2||{}",
          "POST PATH HTTP/1.1|Host: HOST|Content-Length: 2|Transfer-Encoding: chunked||0||",
          "POST PATH HTTP/1.1|Host: HOST|Transfer-Encoding: chunked|Content-Length: 2||0||",
          "POST PATH HTTP/1.1|Host: HOST|Content-Length: 2|Transfer-Encoding: identity||{}",
          "POST PATH HTTP/1.1|Host: HOST|Transfer-Encoding: gzip, chunked||0||",
          "POST PATH HTTP/1.1|Host: HOST|Transfer-Encoding: chunked, chunked||0||",
          "POST PATH HTTP/1.1|Host: HOST|Transfer-Encoding: xchunked||0||",
          "POST PATH HTTP/1.1|Host: HOST|Transfer-Encoding: chunked"
              + "|Transfer-Encoding: chunked||0||",
          "POST PATH HTTP/1.0|Host: HOST|Transfer-Encoding: chunked||0||",
          "POST PATH HTTP/1.1|Host : HOST|Content-Length: 0||",
          "POST http://else.example/PATH HTTP/1.1|Host: HOST|Content-Length: 0||",
          "POST http://HOST@else.example/ HTTP/1.1|Host: HOST|Content-Length: 0||",
          "POST ftp://HOST/ HTTP/1.1|Host: HOST|Content-Length: 0||",
          "OPTIONS * HTTP/1.1|Host: HOST||",
          "CONNECT HOST HTTP/1.1|Host: HOST||",
          "POST PATH/%zz HTTP/1.1|Host: HOST|Content-Length: 0||",
          "POST PATH/%4 HTTP/1.1|Host: HOST|Content-Length: 0||",
        })
    @DisplayName(
        "§1.1 what two readers could read in two ways: 400, the connection closed, and no trace")
    void ambiguous(String bytes) throws IOException {
      try (LoggedProblems problems = new LoggedProblems()) {
        for (String path : List.of("/oauth/token", "/oauth/revoke", "/userinfo", "/api/v2/x")) {
          String request = bytes.replace("PATH", path).replace("HOST", RawRequest.host());
          // It comes back although nothing asks for the connection to be closed.
          RawRequest.Answer answer = RawRequest.send(request.replace("|", "\r\n"));

          assertThat(answer.status()).isEqualTo(400);
          assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
          assertThat(answer.header("Connection")).isEqualTo("close");
          assertThat(answer.error())
              .isEqualTo(request.contains(" /api/v2/") ? "Bad Request" : "invalid_request");
        }
        assertThat(problems.list()).isEmpty();
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "POST http://HOST/oauth/token HTTP/1.1|Host: HOST|Connection: close|TYPE|Content-Length:"
              + " 0||",
          "POST /oauth/token HTTP/1.0|Host: HOST|TYPE|Content-Length: 0||",
          "POST /oauth/token HTTP/1.1|Host: HOST|Connection: close|TYPE|Transfer-Encoding:"
              + " Chunked||0||",
          "POST /oauth/token HTTP/1.1|Host: HOST|Connection: close|TYPE|X: a|X: b|Content-Length:"
              + " 0||",
          "POST /oauth/token HTTP/1.1|Host: HOST|Connection: close|TYPE|X-Forwarded-For:"
              + " a|X-Forwarded-For: b|Content-Length: 0||",
        })
    @DisplayName("§1.1 and what is unusual but clear is read")
    void unusual(String bytes) throws IOException {
      String type = "Content-Type: application/x-www-form-urlencoded";
      RawRequest.Answer answer =
          RawRequest.send(
              bytes.replace("HOST", RawRequest.host()).replace("TYPE", type).replace("|", "\r\n"));

      assertThat(answer.body()).contains("Missing required parameter: grant_type");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "400 POST /oauth/token|Content-Type: application/json|Content-Length: 1||{",
          "415 POST /oauth/token|Content-Length: 0||",
          "405 GET /oauth/token||",
          "405 PUT /oauth/token|Content-Length: 5||a",
          "413 POST /oauth/token|Content-Length: 300000||" + "{LONG}",
          "408 POST /oauth/token|Content-Length: 9||a",
          "404 POST /oauth/authorize|Content-Length: 0||",
          "400 GET /oauth/%zz||",
          "405 GET /oauth/revoke||",
          "401 POST /oauth/revoke|Content-Type: application/json|Content-Length: 29||"
              + "{\"client_id\":\"x\",\"token\":\"a\"}",
          "405 GET /oauth/introspect||",
          "401 GET /userinfo||",
          "405 DELETE /userinfo||",
          "404 GET /userinfo/x||",
          "401 GET /mfa/authenticators||",
          "405 POST /mfa/authenticators|Content-Length: 0||",
          "405 GET /mfa/associate||",
          "405 GET /mfa/challenge||",
          "404 GET /mfa/x||",
          "431 GET /oauth/token|X: {LINE}||",
          "414 GET /oauth/{LINE}||",
          "404 POST /oauth/token|Host: else.example|Content-Length: 0||",
        })
    @DisplayName("RFC 6749 §5: no refusal is kept on the way either, whatever it is for")
    void notStored(String row) throws IOException {
      String status = row.substring(0, 3);
      String request =
          row.substring(4)
              .replace("{LONG}", "x".repeat(300_000))
              .replace("{LINE}", "x".repeat(9_000));
      String host = request.contains("Host:") ? "" : "|Host: " + RawRequest.host();
      RawRequest.Answer answer =
          RawRequest.send(
              request
                  .replaceFirst("\\|", " HTTP/1.1" + host + "|Connection: close|")
                  .replace("|", "\r\n"));

      assertThat(answer.status()).isEqualTo(Integer.parseInt(status));
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.header("Pragma")).isEqualTo("no-cache");
    }

    @Test
    @DisplayName("§1.2 two Authorization headers: 400")
    void twoAuthorizations() throws IOException {
      String headers =
          "Authorization: Basic YTpi|Authorization: Basic YTpj|Content-Type:"
              + " application/json|Content-Length: 2|";
      RawRequest.Answer answer = RawRequest.post(headers.replace("|", "\r\n"), "{}");

      assertThat(answer.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "1.2.3.4, 5.6.7.8",
          "1.2.3.4:80",
          "fe80::1%eth0",
          "999.1.1.1",
          "1.2.3",
          "localhost",
          "",
          "[::1]",
        })
    @DisplayName("§1.3 a forwarded address that is none is ignored")
    void forwarded(String value) {
      assertThat(
              TokenRequest.running("api.access.deny('x', event.request.ip)")
                  .client("proxy")
                  .header("auth0-forwarded-for", value)
                  .post()
                  .text("error_description"))
          .isEqualTo("127.0.0.1");
    }
  }

  @Nested
  @DisplayName("§4.2 Tokens")
  class Tokens {
    private static final String ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";

    private static String encode(String json) {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(ISO_8859_1));
    }

    private static String idToken() {
      return TokenRequest.valid().with("scope", "openid").post().text("id_token");
    }

    static Stream<String> headers() {
      String kid = Answer.part(idToken(), 0).path("kid").asText();
      return Stream.of(
          "{}",
          "[]",
          "null",
          "{\"alg\":null,\"kid\":\"" + kid + "\"}",
          "{\"alg\":[\"RS256\"],\"kid\":\"" + kid + "\"}",
          "{\"alg\":\"none\"}",
          "{\"alg\":\"NONE\"}",
          "{\"alg\":\"None\"}",
          "{\"alg\":\"nonE\"}",
          "{\"alg\":\"\"}",
          "{\"alg\":\"rs256\",\"kid\":\"" + kid + "\"}",
          "{\"alg\":\"RS256 \",\"kid\":\"" + kid + "\"}",
          "{\"alg\":\"ES256\",\"kid\":\"" + kid + "\"}",
          "{\"alg\":\"RS512\",\"kid\":\"" + kid + "\"}",
          "{\"alg\":\"PS256\",\"kid\":\"" + kid + "\"}",
          "{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}",
          "{\"alg\":\"EdDSA\",\"kid\":\"" + kid + "\"}",
          "{\"alg\":\"RS256\",\"kid\":\"../../../../dev/null\"}",
          "{\"alg\":\"RS256\",\"kid\":\"' or '1'='1\"}",
          "{\"alg\":\"RS256\",\"kid\":\"\\u0000\"}",
          "{\"alg\":\"RS256\",\"kid\":null}",
          "{\"alg\":\"RS256\",\"kid\":7}",
          "{\"alg\":\"RS256\",\"kid\":{}}",
          "{\"alg\":\"RS256\",\"kid\":\"" + "k".repeat(40_000) + "\"}",
          "{\"alg\":\"RS256\",\"kid\":\"x\",\"jwk\":{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}}",
          "{\"alg\":\"RS256\",\"kid\":\"x\",\"jku\":\"http://127.0.0.1:1/keys\"}",
          "{\"alg\":\"RS256\",\"kid\":\"x\",\"x5u\":\"http://127.0.0.1:1/cert\"}",
          "{\"alg\":\"RS256\",\"kid\":\"x\",\"x5c\":[\"AAAA\"]}",
          "{\"alg\":\"RS256\",\"kid\":\"" + kid + "\",\"crit\":[\"exp\"]}",
          "{\"alg\":\"RS256\",\"kid\":\"" + kid + "\",\"b64\":false}",
          "{\"alg\":\"RS256\",\"kid\":\"" + kid + "\",\"zip\":\"DEF\"}",
          "{\"alg\":\"RS256\",\"alg\":\"none\",\"kid\":\"" + kid + "\"}",
          "{\"alg\":\"RS256\",\"kid\":\"" + kid + "\",\"n\":" + "9".repeat(5000) + "}",
          "{\"alg\":\"RS256\",\"kid\":\"" + kid + "\",\"n\":" + "[".repeat(10_000) + "}",
          "\u00ff\u00fe",
          "\u00ef\u00bb\u00bf{\"alg\":\"RS256\",\"kid\":\"" + kid + "\"}");
    }

    @ParameterizedTest
    @MethodSource("headers")
    @DisplayName("§4.2 an ID token under another header: 400, and no key is fetched from anywhere")
    void underAnotherHeader(String header) {
      String[] parts = idToken().split("\\.");

      refused(encode(header) + "." + parts[1] + "." + parts[2]);
      refused(encode(header) + "." + parts[1] + ".");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{}",
          "[]",
          "{\"exp\":1e400}",
          "{\"exp\":\"9999999999\"}",
          "{\"exp\":[9999999999]}",
          "{\"exp\":-0}",
          "{\"iss\":\"a\",\"iss\":\"b\"}",
          "\u00ff",
        })
    @DisplayName("§4.2 an ID token with other claims: 400")
    void withOtherClaims(String claims) {
      String[] parts = idToken().split("\\.");

      refused(parts[0] + "." + encode(claims) + "." + parts[2]);
    }

    @Test
    @DisplayName("§4.2 truncated, extended, padded, spaced, split otherwise: 400")
    void shapes() {
      String token = idToken();
      String[] parts = token.split("\\.");
      Stream.of(
              token.substring(0, token.length() - 1),
              token.substring(0, token.length() / 2),
              parts[0] + "." + parts[1],
              parts[0] + "." + parts[1] + ".",
              parts[0] + "." + parts[1] + ".AA",
              token + "A",
              token + "=",
              token + ".",
              token + "." + parts[2],
              "." + token,
              " " + token,
              token + "\n",
              token.replace("-", "+").replace("_", "/") + "+",
              parts[0] + ".." + parts[2],
              "{\"payload\":\"" + parts[1] + "\"}",
              token + "." + parts[0] + "." + parts[1],
              "x".repeat(70_000))
          .forEach(HostileInputIT.Tokens::refused);
    }

    private static void refused(String token) {
      assertThat(
              TokenRequest.running(SET_JANE)
                  .with("actor_token", token)
                  .with("actor_token_type", ID_TOKEN)
                  .post()
                  .error())
          .isEqualTo("400 invalid_request: Invalid actor_token");
    }

    @ParameterizedTest
    @MethodSource("headers")
    @DisplayName("§1.4 a DPoP proof under such a header: 400 invalid_dpop_proof")
    void proofs(String header) {
      String[] parts = DpopProof.es256().sign().split("\\.");

      assertThat(
              TokenRequest.running(SET_JANE)
                  .with("audience", "https://dpop.contract.example")
                  .header(
                      "DPoP",
                      encode(header).length() > 7000
                          ? "x"
                          : encode(header) + "." + parts[1] + "." + parts[2])
                  .post()
                  .text("error"))
          .isEqualTo("invalid_dpop_proof");
    }

    @ParameterizedTest
    @MethodSource("headers")
    @DisplayName("§11.3 an access token under such a header: 401 invalid_token")
    void accessTokens(String header) {
      String[] parts =
          TokenRequest.valid().with("scope", "openid").post().text("access_token").split("\\.");
      String token = encode(header) + "." + parts[1] + "." + parts[2];

      if (token.length() < 7000) {
        assertThat(UserinfoContractIT.get(token).status()).isEqualTo(401);
      }
    }
  }
}
