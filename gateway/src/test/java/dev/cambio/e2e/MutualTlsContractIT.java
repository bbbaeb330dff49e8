package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.gateway.key.KeyType;
import dev.cambio.gateway.key.NewSigningKey;
import dev.cambio.management.Administrator;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §1.2, §1.4: mutual TLS by a trusted edge")
class MutualTlsContractIT {
  private static final String REFUSED =
      "401 invalid_client: The client certificate is missing or not the client's";
  private static final String BOUND = "https://mtls.contract.example";
  private static final Administrator ADMIN =
      Administrator.anonymous(TestNode.shared().contract())
          .as("administrator", "administrator-secret-0123456789");

  private static final String OWN = certificate("mtls.client.example");
  private static final String OTHER = certificate("other.client.example");

  private static String bySubject = "";
  private static String byCertificate = "";

  private static String certificate(String name) {
    return NewSigningKey.generate(KeyType.RSA, name, Clock.systemUTC(), new SecureRandom())
        .certificatePem();
  }

  @BeforeAll
  static void setUp() {
    bySubject = client("tls_client_auth", "cert_subject_dn");
    byCertificate = client("self_signed_tls_client_auth", "x509_cert");
    assertThat(
            ADMIN
                .post(
                    "/resource-servers",
                    "{'identifier': '%s', 'signing_alg': 'RS256',".formatted(BOUND)
                        + " 'skip_consent_for_verifiable_first_party_clients': true,"
                        + " 'proof_of_possession': {'mechanism': 'mtls', 'required': true}}")
                .status())
        .isEqualTo(201);
    await()
        .untilAsserted(() -> assertThat(shown(byCertificate, OWN).post().status()).isEqualTo(200));
  }

  private static String client(String method, String type) {
    ObjectNode body =
        JsonNodeFactory.instance.objectNode().put("name", method).put("oidc_conformant", true);
    body.putObject("token_exchange")
        .putArray("allow_any_profile_of_type")
        .add("custom_authentication");
    body.putObject("client_authentication_methods")
        .putObject(method)
        .putArray("credentials")
        .addObject()
        .put("credential_type", type)
        .put("pem", OWN);
    Administrator.Response created = ADMIN.post("/clients", body);
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    String id = created.body().path("client_id").asText();
    String users = ADMIN.get("/connections?name=users").body().path(0).path("id").asText();
    ADMIN.patch(
        "/connections/" + users + "/clients",
        "[{'client_id': '%s', 'status': true}]".formatted(id));
    return id;
  }

  private static TokenRequest request(String client) {
    return TokenRequest.running(SET_JANE).without("client_secret").with("client_id", client);
  }

  /** The request as the edge forwards it. */
  private static TokenRequest shown(String client, String certificate) {
    return request(client)
        .header("cname-api-key", TestNode.EDGE_KEY)
        .header("client-certificate", URLEncoder.encode(certificate, UTF_8))
        .header("client-certificate-ca-verified", "SUCCESS");
  }

  @Test
  @DisplayName("§1.2 the right certificate authenticates, by its subject or by itself")
  void accepted() {
    assertThat(shown(bySubject, OWN).post().status()).isEqualTo(200);
    assertThat(shown(byCertificate, OWN).post().status()).isEqualTo(200);
    assertThat(
            shown(byCertificate, OWN)
                .header("client-certificate-ca-verified", "FAILED:self signed certificate")
                .post()
                .status())
        .isEqualTo(200);
  }

  @Test
  @DisplayName("§1.2 the edge is who connects, also where it forwards the client's address")
  void behindTheEdge() {
    TokenRequest request =
        shown(byCertificate, OWN).proxied().header("X-Forwarded-For", "192.0.2.31");

    assertThat(request.post().status()).isEqualTo(200);
    assertThat(TestNode.shared().logs(request.userAgent()))
        .singleElement()
        .satisfies(entry -> assertThat(entry.path("ip").asText()).isEqualTo("192.0.2.31"));
    assertThat(shown(byCertificate, OWN).header("X-Forwarded-For", "127.0.0.1").post().status())
        .isEqualTo(200);
  }

  @Test
  @DisplayName("§1.2 another certificate, none, or a subject that nobody vouches for: 401")
  void refused() {
    for (String client : List.of(bySubject, byCertificate)) {
      assertThat(shown(client, OTHER).post().error()).isEqualTo(REFUSED);
      assertThat(request(client).post().error()).isEqualTo(REFUSED);
    }
    assertThat(
            shown(bySubject, OWN)
                .header("client-certificate-ca-verified", "FAILED:unable to verify")
                .post()
                .error())
        .isEqualTo(REFUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "wrong", "edge-key-012345678", "edge-key-01234567890"})
  @DisplayName("§1.2 without the edge's key the headers are as if not sent")
  void notTheEdge(String key) {
    assertThat(shown(byCertificate, OWN).header("cname-api-key", key).post().error())
        .isEqualTo(REFUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x", "%", "-----BEGIN CERTIFICATE-----%0AAAAA%0A-----END CERTIFICATE-----"})
  @DisplayName("§1.2 what is no certificate: 401 invalid_client")
  void unreadable(String header) {
    assertThat(shown(byCertificate, OWN).header("client-certificate", header).post().error())
        .isEqualTo("401 invalid_client: The client certificate is not readable");
  }

  @Test
  @DisplayName("§1.2 such a client may not come with a secret")
  void secret() {
    assertThat(shown(byCertificate, OWN).with("client_secret", "x").post().error())
        .isEqualTo("401 access_denied: Unauthorized");
  }

  @Test
  @DisplayName("§1.4 an API that demands it gets tokens bound to the certificate, or none")
  void bound() throws Exception {
    Answer answer = shown(byCertificate, OWN).with("audience", BOUND).post();

    byte[] der =
        Base64.getMimeDecoder().decode(OWN.replaceAll("-----[A-Z ]+-----", "").getBytes(US_ASCII));
    assertThat(answer.text("token_type")).isEqualTo("Bearer");
    assertThat(answer.accessToken().path("cnf").path("x5t#S256").asText())
        .isEqualTo(
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(der)));
    for (TokenRequest without :
        List.of(
            TokenRequest.valid(), TokenRequest.valid().header("DPoP", DpopProof.es256().sign()))) {
      assertThat(without.with("audience", BOUND).post().error())
          .isEqualTo("400 invalid_request: Proof-of-Possession is required");
    }
  }

  @Test
  @DisplayName("§11.1 the metadata names the methods")
  void metadata() {
    JsonNode document =
        TokenRequest.get(TestNode.shared().contract() + ".well-known/openid-configuration").json();
    List<String> methods = new ArrayList<>();
    document
        .path("token_endpoint_auth_methods_supported")
        .forEach(method -> methods.add(method.asText()));

    assertThat(methods).contains("tls_client_auth", "self_signed_tls_client_auth");
    assertThat(document.path("tls_client_certificate_bound_access_tokens").asBoolean()).isTrue();
  }

  @Test
  @DisplayName("§1.2 a credential of the wrong kind for the method is refused by the API")
  void wrongKind() {
    Administrator.Response response =
        ADMIN.post(
            "/clients",
            "{'name': 'x', 'client_authentication_methods': {'tls_client_auth': {'credentials':"
                + " [{'credential_type': 'public_key', 'pem': 'x'}]}}}");

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.message()).contains("credential_type");
  }
}
