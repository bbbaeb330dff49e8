package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.Node;
import dev.cambio.gateway.NodeConfiguration;
import dev.cambio.gateway.OfflineTenants;
import dev.cambio.gateway.database.TestPostgres;
import dev.cambio.gateway.files.ImportOptions;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Nodes with a TLS listener")
class TlsNodesIT {
  private static final String DISCOVERY = ".well-known/openid-configuration";
  private static final String SECRET = "cluster-secret-0123456789abcdef-0123456789";

  private static TestPostgres postgres;

  @TempDir static Path directory;

  @BeforeAll
  static void start() {
    postgres = TestPostgres.create();
  }

  @Test
  @DisplayName("start again at other ports: hosts and audiences follow, data and certificate stay")
  void otherPorts() throws Exception {
    int port;
    String kid;
    byte[] certificate;
    try (Node node = start(Map.of())) {
      port = node.httpsPort();
      kid = kid(node, "https://localhost:" + port + "/");
      certificate = Files.readAllBytes(node.tlsCertificate().orElseThrow());
      assertThat(audience(node, "https://localhost:" + port + "/api/v2/"))
          .isEqualTo("https://localhost:" + port + "/api/v2/");
    }

    int other = FreePort.find();
    try (Node node = start(Map.of("https.port", Integer.toString(other)))) {
      assertThat(node.httpsPort()).isEqualTo(other).isNotEqualTo(port);
      String issuer = "https://localhost:" + other + "/";
      assertThat(Files.readAllBytes(node.tlsCertificate().orElseThrow())).isEqualTo(certificate);
      assertThat(json(get(node, issuer + DISCOVERY)).path("issuer").asText()).isEqualTo(issuer);
      assertThat(kid(node, issuer)).isEqualTo(kid);
      assertThat(audience(node, issuer + "api/v2/")).isEqualTo(issuer + "api/v2/");
      assertThat(audience(node, "http://localhost:" + node.httpPort() + "/api/v2/"))
          .isEqualTo("http://localhost:" + node.httpPort() + "/api/v2/");
      // What was is not any more.
      assertThat(token(node, "https://localhost:" + port + "/api/v2/").statusCode()).isEqualTo(403);
    }

    try (Node node = start(Map.of("https.port", "", "tls.self-signed", "false"))) {
      assertThat(node.httpsPort()).isZero();
      assertThat(node.tlsCertificate()).isEmpty();
      assertThat(TokenRequest.get("http://localhost:" + node.httpPort() + "/" + DISCOVERY).status())
          .isEqualTo(200);
    }
  }

  @Test
  @DisplayName("outside quickstart serve no plain HTTP, and further hosts like the domain")
  void production() throws Exception {
    Path certificate;
    try (Node quickstart = start(Map.of())) {
      certificate = quickstart.tlsCertificate().orElseThrow();
    }
    int port = FreePort.find();
    NodeConfiguration configuration =
        configuration(
            Map.of(
                "quickstart", "false",
                "https.port", Integer.toString(port),
                "tls.self-signed", "false",
                "tls.certificate-file", certificate.toString(),
                "tls.key-file", certificate.resolveSibling("key.pem").toString()));
    new OfflineTenants(configuration, Clock.systemUTC())
        .importTenant(
            Path.of("src", "test", "resources", "contract-tenant"),
            new ImportOptions("contract", "login.contract.example", Map.of())
                .alsoAt(Set.of("localhost:" + port)));

    try (Node node = Node.start(configuration, Clock.systemUTC())) {
      assertThat(node.httpPort()).isZero();
      String issuer = "https://localhost:" + port + "/";
      assertThat(json(get(node, issuer + DISCOVERY)).path("issuer").asText()).isEqualTo(issuer);
    }
  }

  @Test
  @DisplayName("behind a proxy serve both, speak of both as https, and plain HTTP to it alone")
  void behindProxy() throws Exception {
    try (Node node =
        start(Map.of("http.behind-tls-proxy", "true", "http.trusted-proxies", "127.0.0.1"))) {
      String host = "localhost:" + node.httpPort();
      String request = "GET /" + DISCOVERY + " HTTP/1.1|Host: " + host + "|Connection: close|";

      assertThat(plain(node, "127.0.0.1", request).body())
          .contains("\"issuer\":\"https://" + host + "/\"");
      assertThat(plain(node, "127.0.0.1", request + "X-Forwarded-Proto: https|").status())
          .isEqualTo(200);
      assertThat(plain(node, "127.0.0.1", request + "X-Forwarded-Proto: http|").body())
          .contains("The client must speak HTTPS to the proxy");
      assertThat(plain(node, "127.0.0.2", request).body())
          .contains("Plain HTTP is served only to the proxies that end TLS");
      String issuer = "https://localhost:" + node.httpsPort() + "/";
      assertThat(json(get(node, issuer + DISCOVERY)).path("issuer").asText()).isEqualTo(issuer);
    }
  }

  @Test
  @DisplayName(
      "with the PROXY protocol take its word from trusted proxies, and no other connection")
  void proxyProtocol() throws Exception {
    try (Node node =
        start(Map.of("http.proxy-protocol", "true", "http.trusted-proxies", "127.0.0.1"))) {
      String request =
          "POST /oauth/token HTTP/1.1|Host: localhost:"
              + node.httpPort()
              + "|Connection: close|X-Forwarded-For: 203.0.113.9|User-Agent: proxied"
              + "|Content-Type: application/json|Content-Length: 35|";
      String body = "{\"grant_type\":\"client_credentials\"";
      String proxied = "PROXY TCP4 192.0.2.44 127.0.0.1 4711 443|" + request;

      assertThat(plain(node, "127.0.0.1", proxied, body + "}").status()).isEqualTo(400);
      assertThat(plain(node, "127.0.0.2", proxied, body + "}").text()).isEmpty();
      assertThat(plain(node, "127.0.0.1", request, body + "}").text()).isEmpty();
      assertThat(
              TestNode.column(
                  postgres,
                  "select payload ->> 'ip' from tenant_log where payload ->> 'user_agent' ="
                      + " 'proxied'"))
          .containsExactly("192.0.2.44");
    }
  }

  private static RawRequest.Answer plain(Node node, String from, String head) throws IOException {
    return plain(node, from, head, "");
  }

  /** Lines of the head end with a bar. */
  private static RawRequest.Answer plain(Node node, String from, String head, String body)
      throws IOException {
    return RawRequest.send(
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), node.httpPort()),
        InetAddress.ofLiteral(from),
        head.replace("|", "\r\n") + "\r\n" + body);
  }

  private static Node start(Map<String, String> changes) throws IOException {
    return Node.start(configuration(changes), Clock.systemUTC());
  }

  /** A node without Actions, which nothing here needs and which take long to start. */
  private static NodeConfiguration configuration(Map<String, String> changes) throws IOException {
    Map<String, String> more = new HashMap<>();
    more.put("roles", "gateway");
    more.put("cluster.join", "tcp-ip");
    more.put("cluster.members", "127.0.0.1:1");
    more.put("cluster.secret", SECRET);
    more.put("cluster.port", Integer.toString(FreePort.find()));
    more.putAll(changes);
    return NodeConfiguration.from(
        TestNode.settings(postgres.url(), directory.resolve("data"), more));
  }

  private static String kid(Node node, String issuer) throws Exception {
    JsonNode keys = json(get(node, issuer + ".well-known/jwks.json")).path("keys");
    assertThat(keys).isNotEmpty();
    return keys.path(0).path("kid").asText();
  }

  private static HttpResponse<String> get(Node node, String url) throws Exception {
    return send(node, HttpRequest.newBuilder(URI.create(url)).build());
  }

  private static String audience(Node node, String asked) throws Exception {
    String token = json(token(node, asked)).path("access_token").asText();
    String claims = token.split("\\.", -1)[1];
    return Json.parse(Base64.getUrlDecoder().decode(claims)).path("aud").asText();
  }

  private static HttpResponse<String> token(Node node, String audience) throws Exception {
    String form =
        "grant_type=client_credentials&client_id=quickstart-admin"
            + "&client_secret=quickstart-admin-secret-0123456789abcdef&audience="
            + URLEncoder.encode(audience, StandardCharsets.UTF_8);
    return send(
        node,
        HttpRequest.newBuilder(URI.create("https://localhost:" + node.httpsPort() + "/oauth/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build());
  }

  private static HttpResponse<String> send(Node node, HttpRequest request) throws Exception {
    try (HttpClient client =
        TestHttp.trusting(node.tlsCertificate().orElseThrow(), HttpClient.Version.HTTP_1_1)) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    assertThat(response.statusCode()).isEqualTo(200);
    return Json.parse(response.body());
  }
}
