package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The TLS listener")
class TlsIT {
  private static final String ADMIN =
      "grant_type=client_credentials&client_id=quickstart-admin"
          + "&client_secret=quickstart-admin-secret-0123456789abcdef&audience=";

  private final TestNode node = TestNode.shared();
  private final SSLContext trusting = trusting();
  private final HttpClient https = HttpClient.newBuilder().sslContext(trusting).build();

  private SSLContext trusting() {
    try (InputStream file = Files.newInputStream(node.caFile())) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "cambio", CertificateFactory.getInstance("X.509").generateCertificate(file));
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return https.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode adminToken(String origin, String audience) throws Exception {
    return Json.parse(
        send(HttpRequest.newBuilder(URI.create(origin + "oauth/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(ADMIN + audience)))
            .body());
  }

  private int resourceServers(String origin, String token) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(origin + "api/v2/resource-servers"))
            .header("Authorization", "Bearer " + token))
        .statusCode();
  }

  private static JsonNode claims(JsonNode answer) throws IOException {
    String payload = answer.path("access_token").asText().split("\\.")[1];
    return Json.parse(new String(Base64.getUrlDecoder().decode(payload), UTF_8));
  }

  @Test
  @DisplayName("what is reached through it speaks of itself as https")
  void speaksOfItself() throws Exception {
    String origin = node.tlsQuickstart();
    JsonNode discovery =
        Json.parse(
            send(HttpRequest.newBuilder(URI.create(origin + ".well-known/openid-configuration")))
                .body());

    assertThat(discovery.path("issuer").asText()).isEqualTo(origin);
    assertThat(discovery.path("jwks_uri").asText()).isEqualTo(origin + ".well-known/jwks.json");
    JsonNode claims = claims(adminToken(origin, origin + "api/v2/"));
    assertThat(claims.path("iss").asText()).isEqualTo(origin);
    assertThat(claims.path("aud").asText()).isEqualTo(origin + "api/v2/");
  }

  @Test
  @DisplayName("either form of the Management audience names the same API")
  void namesOneManagementApi() throws Exception {
    String tls = node.tlsQuickstart();
    String plain = node.quickstart();
    for (String tokenFrom : new String[] {tls, plain}) {
      for (String audience : new String[] {tls, plain}) {
        String token = adminToken(tokenFrom, audience + "api/v2/").path("access_token").asText();

        assertThat(resourceServers(tls, token)).isEqualTo(200);
        assertThat(resourceServers(plain, token)).isEqualTo(200);
      }
    }
  }

  @Test
  @DisplayName("nobody trusts it who was not told to")
  void isNotTrustedByItself() {
    HttpClient strict = HttpClient.newHttpClient();
    HttpRequest request = HttpRequest.newBuilder(URI.create(node.tlsQuickstart())).build();

    assertThatThrownBy(() -> strict.send(request, HttpResponse.BodyHandlers.discarding()))
        .isInstanceOf(SSLException.class);
  }

  @Test
  @DisplayName("plain HTTP and nonsense at its port end the connection, and it goes on")
  void survivesNonsense() throws Exception {
    int port = URI.create(node.tlsQuickstart()).getPort();
    for (String nonsense : new String[] {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\0\1\2"}) {
      try (Socket socket = new Socket("localhost", port)) {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(nonsense.getBytes(US_ASCII));
        socket.shutdownOutput();
        assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
            .doesNotContain("HTTP/1.1 200");
      }
    }

    assertThat(
            adminToken(node.tlsQuickstart(), node.tlsQuickstart() + "api/v2/").has("access_token"))
        .isTrue();
  }

  @Test
  @DisplayName("it speaks TLS 1.2 and 1.3")
  void speaksBothProtocols() throws Exception {
    int port = URI.create(node.tlsQuickstart()).getPort();
    for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
      try (SSLSocket socket =
          (SSLSocket) trusting.getSocketFactory().createSocket("localhost", port)) {
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
      }
    }
  }
}
