package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import java.net.URLEncoder;
import java.security.KeyPair;
import java.util.Base64;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §1.2: client authentication under attack")
class ClientAuthenticationContractIT {
  private static final String API = "https://api.contract.example";
  private static final String REFUSED = "401 invalid_client: The client assertion is not valid";
  private static final String CONTRACT = TestNode.shared().contract();
  private static final Administrator ADMIN =
      Administrator.anonymous(CONTRACT).as("administrator", "administrator-secret-0123456789");
  private static final KeyPair KEY = ClientAssertion.newKey("ES256");
  private static final String CLIENT = client(ADMIN, "ES256", KEY, API);

  /** A new client that may ask for tokens of its own, with a key to sign assertions with. */
  private static String client(Administrator admin, String algorithm, KeyPair key, String api) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", Administrator.unique("assertion"))
            .put("app_type", "non_interactive");
    body.putObject("client_authentication_methods")
        .putObject("private_key_jwt")
        .putArray("credentials")
        .addObject()
        .put("credential_type", "public_key")
        .put("alg", algorithm)
        .put("pem", ClientAssertion.pem(key));
    Administrator.Response created = admin.post("/clients", body);
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    String id = created.body().path("client_id").asText();
    Administrator.Response granted =
        admin.post(
            "/client-grants",
            "{'client_id': '%s', 'audience': '%s', 'scope': []}".formatted(id, api));
    assertThat(granted.status()).as(granted.body().toString()).isEqualTo(201);
    return id;
  }

  private static ClientAssertion assertion() {
    return new ClientAssertion(KEY, "ES256", CLIENT);
  }

  private static TokenRequest request(String assertion) {
    return TokenRequest.ofClient("nobody")
        .without("client_id")
        .without("client_secret")
        .with("audience", API)
        .with("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        .with("client_assertion", assertion);
  }

  static Stream<String> none() {
    return IntStream.range(0, 16)
        .mapToObj(
            bits -> {
              StringBuilder casing = new StringBuilder("none");
              for (int i = 0; i < casing.length(); i++) {
                if ((bits >> i & 1) == 1) {
                  casing.setCharAt(i, Character.toUpperCase(casing.charAt(i)));
                }
              }
              return casing.toString();
            });
  }

  @ParameterizedTest
  @MethodSource("none")
  @DisplayName("§1.2 alg none in any casing, whether with a signature or an empty one: 401")
  void algorithmNone(String casing) {
    ClientAssertion assertion = assertion();
    assertion.header.put("alg", casing);
    String signed = assertion.sign();

    assertThat(request(signed).post().error()).isEqualTo(REFUSED);
    assertThat(request(signed.substring(0, signed.lastIndexOf('.') + 1)).post().error())
        .isEqualTo(REFUSED);
  }

  static Stream<Named<Consumer<ObjectNode>>> forgedHeaders() {
    return Stream.of(
        Named.of("jwk", header -> header.set("jwk", DpopProof.es256().header.path("jwk"))),
        Named.of("jku", header -> header.put("jku", "https://attacker.example/jwks.json")),
        Named.of("x5u", header -> header.put("x5u", "https://attacker.example/chain.pem")),
        Named.of("x5c", header -> header.putArray("x5c").add("MIIB")),
        Named.of("kid with a path", header -> header.put("kid", "../../../../dev/null")),
        Named.of("kid with SQL", header -> header.put("kid", "x' union select 'secret' --")),
        Named.of("very long kid", header -> header.put("kid", "k".repeat(30_000))),
        Named.of("kid with U+0000", header -> header.put("kid", "k\0")),
        Named.of("empty kid", header -> header.put("kid", "")));
  }

  @ParameterizedTest
  @MethodSource("forgedHeaders")
  @DisplayName("§1.2 a stranger's key is not found by anything that the header says: 401")
  void forgedHeader(Consumer<ObjectNode> change) {
    ClientAssertion forged = new ClientAssertion(ClientAssertion.newKey("ES256"), "ES256", CLIENT);
    change.accept(forged.header);

    assertThat(request(forged.sign()).post().error()).isEqualTo(REFUSED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 72, 5000})
  @DisplayName("§1.2 an ES256 signature of zeroes, of whatever length: 401")
  void zeroes(int length) {
    String signed = assertion().sign();
    String zeroes = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[length]);

    assertThat(request(signed.substring(0, signed.lastIndexOf('.') + 1) + zeroes).post().error())
        .isEqualTo(REFUSED);
  }

  static Stream<Named<String>> impossibleIds() {
    return Stream.of(
        Named.of("U+0000", "app\0"),
        Named.of("half a surrogate pair", "\uD800"),
        Named.of("very long", "a".repeat(30_000)));
  }

  @ParameterizedTest
  @MethodSource("impossibleIds")
  @DisplayName("§1.2 a client id that no client can have, in an assertion or Basic: 401")
  void impossibleId(String id) {
    assertThat(request(new ClientAssertion(KEY, "ES256", id).sign()).post().error())
        .isEqualTo(REFUSED);
    if (id.length() < 1000) { // longer ones do not fit a header
      assertThat(TokenRequest.valid().basic(id, "secret").post().error())
          .isEqualTo("401 access_denied: Unauthorized");
    }
  }

  @Test
  @DisplayName("§1.2 a secret with U+0000 in Basic: 401")
  void nulInSecret() {
    assertThat(TokenRequest.valid().basic("app", "app-secret\0").post().status()).isEqualTo(401);
  }

  @Test
  @DisplayName("§1.2 such a client gets tokens of its own, as it is confidential")
  void ownTokens() {
    Answer answer = request(assertion().sign()).post();

    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertThat(answer.accessToken().path("sub").asText()).isEqualTo(CLIENT + "@clients");
  }

  @Test
  @DisplayName("§1.2 which assertions were used is kept in the database that all nodes share")
  void sharedUse() {
    ClientAssertion assertion = assertion();
    int usedElsewhere =
        TestNode.shared()
            .execute(
                """
                insert into client_assertion (tenant_id, client_id, jti_hash, expires_at)
                values ('contract', ?, sha256(convert_to(?, 'UTF8')), now() + interval '1 minute')
                """,
                CLIENT,
                assertion.claims.path("jti").asText());

    assertThat(usedElsewhere).isEqualTo(1);
    assertThat(request(assertion.sign()).post().error())
        .isEqualTo("401 invalid_client: client_assertion: used before");
  }

  @Test
  @DisplayName("§1.2 a use at one tenant is none at another, and an assertion is for one tenant")
  void tenants() {
    String other = TestNode.shared().quickstart();
    String api = "https://api.acme.example/orders";
    String id = client(Administrator.quickstart(), "ES256", KEY, api);
    ClientAssertion here = assertion();
    ClientAssertion there = new ClientAssertion(KEY, "ES256", id);
    there.claims.put("jti", here.claims.path("jti").asText());
    String misdirected = there.sign();
    there.claims.put("aud", other);

    assertThat(request(here.sign()).post().status()).isEqualTo(200);
    assertThat(atQuickstart(api, misdirected).error())
        .isEqualTo("401 invalid_client: client_assertion: aud must be this server's issuer");
    assertThat(atQuickstart(api, there.sign()).status()).isEqualTo(200);
    assertThat(request(there.sign()).post().error()).isEqualTo(REFUSED);
  }

  private static Answer atQuickstart(String api, String assertion) {
    return TokenRequest.quickstart("urn:any:profile", SET_JANE)
        .without("client_id")
        .without("client_secret")
        .with("grant_type", "client_credentials")
        .with("audience", api)
        .with("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        .with("client_assertion", assertion)
        .post();
  }

  @Test
  @DisplayName("§1.2 a client that was deleted is refused at once, key and all")
  void deleted() {
    KeyPair key = ClientAssertion.newKey("ES256");
    String id = client(ADMIN, "ES256", key, API);

    assertThat(request(new ClientAssertion(key, "ES256", id).sign()).post().status())
        .isEqualTo(200);
    assertThat(ADMIN.delete("/clients/" + id).status()).isEqualTo(204);
    assertThat(request(new ClientAssertion(key, "ES256", id).sign()).post().error())
        .isEqualTo(REFUSED);
  }

  @Test
  @DisplayName("§1.2 certificates in headers prove nothing unless they come from the trusted edge")
  void certificateHeaders() {
    TokenRequest withoutMore =
        TokenRequest.valid()
            .without("client_secret")
            .header("cname-api-key", "anything")
            .header("client-certificate", "-----BEGIN%20CERTIFICATE-----")
            .header("client-certificate-ca-verified", "SUCCESS");

    assertThat(withoutMore.post().error()).isEqualTo("401 access_denied: Unauthorized");
  }

  @Test
  @DisplayName("§11.1 the metadata name what is implemented")
  void metadata() {
    JsonNode document = TokenRequest.get(CONTRACT + ".well-known/openid-configuration").json();

    assertThat(texts(document.path("token_endpoint_auth_methods_supported")))
        .containsExactlyInAnyOrder(
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
            "none",
            "tls_client_auth",
            "self_signed_tls_client_auth");
    assertThat(texts(document.path("token_endpoint_auth_signing_alg_values_supported")))
        .containsExactlyInAnyOrder("RS256", "RS384", "PS256", "PS384", "ES256", "ES384");
  }

  private static Stream<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText);
  }

  @Test
  @DisplayName("§1.2 a secret that contains a colon, an escape and a plus works in Basic as it is")
  void rawBasic() {
    String secret = "p%41:+ss-word-0123456789-0123456789-0123456789";
    Administrator.Response created =
        ADMIN.post(
            "/clients",
            "{'name': '%s', 'app_type': 'non_interactive', 'client_secret': '%s'}"
                .formatted(Administrator.unique("raw"), secret));
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    String id = created.body().path("client_id").asText();
    assertThat(
            ADMIN
                .post(
                    "/client-grants",
                    "{'client_id': '%s', 'audience': '%s', 'scope': []}".formatted(id, API))
                .status())
        .isEqualTo(201);
    String encoded = URLEncoder.encode(secret, UTF_8);

    for (String presented : new String[] {secret, encoded}) {
      Answer answer = TokenRequest.ofClient(id).with("audience", API).basic(id, presented).post();
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    }
  }
}
