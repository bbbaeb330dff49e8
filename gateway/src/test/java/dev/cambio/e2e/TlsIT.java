package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The TLS listener")
class TlsIT {
  private static final String AUDIENCE = "https://api.acme.example/orders";
  private static final String PARTNER = "urn:acme:partner-token";
  private static final String ADMIN = "quickstart-admin";
  private static final String ADMIN_SECRET = "quickstart-admin-secret-0123456789abcdef";

  private final TestNode node = TestNode.shared();
  private final String plain = node.quickstart();
  private final String tls = node.tlsQuickstart();

  @Nested
  @DisplayName("speaks of itself as https")
  class Issuer {
    @Test
    @DisplayName("tokens bear that issuer, and verify in Node.js against its JWKS")
    void tokens() {
      Answer answer = exchange(tls);

      assertThat(answer.status()).isEqualTo(200);
      ObjectNode access = IndependentVerifier.verify(answer.text("access_token"), tls, AUDIENCE);
      assertThat(access.path("sub").asText()).isEqualTo("oidc|acme-idp|partner-7");
      assertThat(access.path("aud").path(1).asText()).isEqualTo(tls + "userinfo");
      IndependentVerifier.verify(answer.text("id_token"), tls, "quickstart-app");
    }

    @Test
    @DisplayName("and those from plain HTTP bear the other one still")
    void plainTokens() {
      String token = exchange(plain).text("access_token");

      assertThat(Answer.part(token, 1).path("iss").asText()).isEqualTo(plain);
    }

    @Test
    @DisplayName("discovery names it throughout, by either listener")
    void discovery() {
      for (String issuer : new String[] {plain, tls}) {
        ObjectNode document = TokenRequest.get(issuer + ".well-known/openid-configuration").json();
        assertThat(document.path("issuer").asText()).isEqualTo(issuer);
        assertThat(document.path("token_endpoint").asText()).isEqualTo(issuer + "oauth/token");
        assertThat(document.path("jwks_uri").asText()).isEqualTo(issuer + ".well-known/jwks.json");
      }
    }

    @Test
    @DisplayName("an ID token from one listener is an actor_token at the other")
    void actorTokens() {
      assertThat(actFor(plain, tls)).isEqualTo("auth0|sam");
      assertThat(actFor(tls, plain)).isEqualTo("auth0|sam");
    }

    private String actFor(String issuedBy, String usedAt) {
      ObjectNode sam =
          PartnerTokens.claims(issuedBy)
              .put("iss", "https://sso.acme.example")
              .put("sub", "auth0|sam");
      String employee = PartnerTokens.signed(sam, "acme-employee-secret-0123456789abcdef012345678");
      String idToken =
          TokenRequest.quickstart(issuedBy, "urn:acme:employee-token", employee)
              .with("scope", "openid")
              .post()
              .text("id_token");
      ObjectNode jane = PartnerTokens.claims(usedAt).put("sub", "auth0|jane");
      return TokenRequest.quickstart(
              usedAt, "urn:acme:support-session", PartnerTokens.signed(jane, PartnerTokens.SECRET))
          .with("actor_token", idToken)
          .with("actor_token_type", "urn:ietf:params:oauth:token-type:id_token")
          .post()
          .accessToken()
          .path("act")
          .path("sub")
          .asText();
    }

    @Test
    @DisplayName("both names of the Management API are one API, and the token bears the one asked")
    void managementAudience() {
      for (String at : new String[] {plain, tls}) {
        for (String named : new String[] {plain, tls}) {
          Administrator admin = Administrator.anonymous(at);
          String token = admin.token(ADMIN, ADMIN_SECRET, named + "api/v2/");

          assertThat(Answer.part(token, 1).path("aud").asText()).isEqualTo(named + "api/v2/");
          assertThat(Answer.part(token, 1).path("scope").asText()).contains("read:clients");
          assertThat(admin.withToken(token).get("/resource-servers").status()).isEqualTo(200);
        }
      }
    }

    @Test
    @DisplayName("the Management API of another tenant's host is no audience")
    void otherTenantsAudience() {
      String other = node.contract().replace("http:", "https:") + "api/v2/";

      assertThatThrownBy(() -> Administrator.anonymous(tls).token(ADMIN, ADMIN_SECRET, other))
          .hasMessageContaining("Service not found");
    }

    @Test
    @DisplayName("a name of the Management API is reserved, whichever it is")
    void reserved() {
      for (String name : new String[] {plain, tls}) {
        assertThat(
                Administrator.quickstart()
                    .post("/resource-servers", "{'identifier':'" + name + "api/v2/'}")
                    .message())
            .isEqualTo("The selected identifier is reserved.");
        assertThat(
                Administrator.quickstart()
                    .get("/resource-servers/" + Administrator.segment(name + "api/v2/"))
                    .body()
                    .path("is_system")
                    .asBoolean())
            .isTrue();
      }
    }

    private Answer exchange(String issuer) {
      return TokenRequest.quickstart(issuer, PARTNER, PartnerTokens.valid(issuer))
          .with("scope", "openid read:orders")
          .post();
    }
  }

  @Nested
  @DisplayName("takes only TLS")
  class Protocol {
    /** Suites and extensions that every server of our certificate takes; the version varies. */
    private static final String HELLO_AFTER_VERSION =
        "00".repeat(32)
            + "00"
            + "0004c02bc009"
            + "0100"
            + "0018"
            + "000a000400020017" // secp256r1
            + "000b00020100" // uncompressed points
            + "000d0006000404030401"; // SHA-256 with ECDSA or RSA

    @Test
    @DisplayName("TLS 1.1 is refused, and the same hello with TLS 1.2 is not")
    void versions() throws IOException {
      // An alert: fatal, protocol_version. Else a handshake record.
      assertThat(HexFormat.of().formatHex(firstBytes(hello("0302"))))
          .matches("15....0002" + "0246");
      assertThat(HexFormat.of().formatHex(firstBytes(hello("0303")))).startsWith("16");
    }

    @ParameterizedTest
    @DisplayName("TLS 1.2 and 1.3 are spoken")
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void spoken(String version) throws IOException {
      try (SSLSocket socket =
          (SSLSocket)
              TestHttp.contextTrusting(node.caFile())
                  .getSocketFactory()
                  .createSocket("localhost", URI.create(tls).getPort())) {
        socket.setEnabledProtocols(new String[] {version});
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo(version);
      }
    }

    @Test
    @DisplayName("a client that does not know the certificate does not trust it")
    void unknownCertificate() {
      try (HttpClient stranger = HttpClient.newHttpClient()) {
        assertThatThrownBy(
                () ->
                    stranger.send(
                        HttpRequest.newBuilder(URI.create(tls)).build(),
                        HttpResponse.BodyHandlers.discarding()))
            .isInstanceOf(SSLHandshakeException.class);
      }
    }

    @Test
    @DisplayName("a client that offers HTTP/2 is answered in HTTP/1.1")
    void http1() throws Exception {
      try (HttpClient client = TestHttp.trusting(node.caFile(), HttpClient.Version.HTTP_2)) {
        HttpResponse<String> answer =
            client.send(
                HttpRequest.newBuilder(URI.create(tls + ".well-known/openid-configuration"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
      }
    }

    @ParameterizedTest
    @DisplayName("plain HTTP and nonsense end the connection and leave no trace in the log")
    @ValueSource(
        strings = {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u0016\u0003\u0001nonsense", "\n"})
    void notTls(String bytes) throws IOException {
      try (LoggedProblems problems = new LoggedProblems()) {
        String answer = new String(firstBytes(bytes.getBytes(US_ASCII)), US_ASCII);

        assertThat(answer).doesNotContain("HTTP/1.1");
        assertThat(TokenRequest.get(tls + ".well-known/jwks.json").status()).isEqualTo(200);
        assertThat(problems.list()).isEmpty();
      }
    }

    private byte[] hello(String version) {
      String body = version + HELLO_AFTER_VERSION;
      int length = body.length() / 2;
      String record =
          "16" + "0301" + "%04x".formatted(length + 4) + "01" + "%06x".formatted(length);
      return HexFormat.of().parseHex(record + body);
    }

    /** What comes back at first; empty if the connection ends. */
    private byte[] firstBytes(byte[] sent) throws IOException {
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), URI.create(tls).getPort())) {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(sent);
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        return in.readNBytes(7);
      }
    }
  }
}
