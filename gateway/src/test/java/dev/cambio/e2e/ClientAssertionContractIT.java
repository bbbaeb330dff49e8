package dev.cambio.e2e;

import static dev.cambio.e2e.TokenRequest.SET_JANE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.management.Administrator;
import dev.cambio.model.bus.Json;
import java.math.BigInteger;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("token-endpoint §1.2: private_key_jwt")
class ClientAssertionContractIT {
  private static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final String REFUSED = "401 invalid_client: The client assertion is not valid";
  private static final Administrator ADMIN =
      Administrator.anonymous(TestNode.shared().contract())
          .as("administrator", "administrator-secret-0123456789");

  /** Clients and keys by algorithm. */
  private static final Map<String, String> CLIENTS = new HashMap<>();

  private static final Map<String, KeyPair> KEYS = new HashMap<>();

  @BeforeAll
  static void setUp() {
    for (String algorithm : List.of("RS256", "RS384", "PS256", "PS384", "ES256", "ES384")) {
      KEYS.put(algorithm, ClientAssertion.newKey(algorithm));
      CLIENTS.put(algorithm, client(algorithm, ClientAssertion.pem(keyOf(algorithm))));
    }
    await().untilAsserted(() -> assertThat(post(assertion("ES384")).status()).isEqualTo(200));
  }

  private static String client(String algorithm, String pem) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", "assertion-" + algorithm)
            .put("oidc_conformant", true);
    body.putObject("token_exchange")
        .putArray("allow_any_profile_of_type")
        .add("custom_authentication");
    body.putObject("client_authentication_methods")
        .putObject("private_key_jwt")
        .putArray("credentials")
        .addObject()
        .put("credential_type", "public_key")
        .put("kid", "key-of-" + algorithm)
        .put("alg", algorithm)
        .put("pem", pem);
    Administrator.Response created = ADMIN.post("/clients", body);
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    String id = created.body().path("client_id").asText();
    String users = ADMIN.get("/connections?name=users").body().path(0).path("id").asText();
    ADMIN.patch(
        "/connections/" + users + "/clients",
        "[{'client_id': '%s', 'status': true}]".formatted(id));
    return id;
  }

  private static ClientAssertion assertion(String algorithm) {
    return new ClientAssertion(keyOf(algorithm), algorithm, clientOf(algorithm));
  }

  private static String clientOf(String algorithm) {
    return Objects.requireNonNull(CLIENTS.get(algorithm));
  }

  private static KeyPair keyOf(String algorithm) {
    return Objects.requireNonNull(KEYS.get(algorithm));
  }

  private static TokenRequest request(String assertion) {
    return TokenRequest.running(SET_JANE)
        .without("client_id")
        .without("client_secret")
        .with("client_assertion_type", TYPE)
        .with("client_assertion", assertion);
  }

  private static Answer post(ClientAssertion assertion) {
    return request(assertion.sign()).post();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "PS256", "PS384", "ES256", "ES384"})
  @DisplayName("§1.2 is accepted with every algorithm, with and without kid and client_id")
  void algorithms(String algorithm) {
    ClientAssertion named = assertion(algorithm);
    named.header.put("kid", "key-of-" + algorithm);

    assertThat(request(named.sign()).with("client_id", clientOf(algorithm)).post().status())
        .isEqualTo(200);
    Answer answer = post(assertion(algorithm));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.accessToken().path("azp").asText()).isEqualTo(clientOf(algorithm));
  }

  @Test
  @DisplayName("§1.2 neither assertion nor type reaches the Action or the log")
  void withheld() {
    String assertion = assertion("RS256").sign();
    TokenRequest request =
        request(assertion)
            .with("subject_token", "api.access.deny('x', JSON.stringify(event.request.body))");

    assertThat(request.post().text("error_description")).doesNotContain(assertion);
    assertThat(TestNode.shared().logs(request.userAgent()).toString()).doesNotContain(assertion);
  }

  static Stream<Named<Consumer<ClientAssertion>>> unsigned() {
    return Stream.of(
        Named.of("another alg", a -> a.header.put("alg", "RS384")),
        Named.of("alg none", a -> a.header.put("alg", "none")),
        Named.of("alg nOnE", a -> a.header.put("alg", "nOnE")),
        Named.of("HS256", a -> a.header.put("alg", "HS256")),
        Named.of("kid of nobody", a -> a.header.put("kid", "../../../etc/passwd")),
        Named.of("kid with SQL", a -> a.header.put("kid", "' or 1=1 --")),
        Named.of("sub of nobody", a -> a.claims.put("sub", "nobody")),
        Named.of("sub of another client", a -> a.claims.put("sub", "app")),
        Named.of("exp as text", a -> a.claims.put("exp", "9999999999")),
        Named.of("no sub", a -> a.claims.remove("sub")),
        Named.of("critical extension", a -> a.header.putArray("crit").add("exp")));
  }

  @ParameterizedTest
  @MethodSource("unsigned")
  @DisplayName("§1.2 who is not known to have signed it is told no more than that")
  void refusesStrangers(Consumer<ClientAssertion> change) {
    ClientAssertion assertion = assertion("RS256");
    change.accept(assertion);

    assertThat(post(assertion).error()).isEqualTo(REFUSED);
  }

  static Stream<Named<Consumer<ClientAssertion>>> faulty() {
    long now = System.currentTimeMillis() / 1000;
    return Stream.of(
        Named.of("iss of another", a -> a.claims.put("iss", "app")),
        Named.of("no aud", a -> a.claims.remove("aud")),
        Named.of(
            "aud without slash",
            a -> a.claims.put("aud", a.claims.path("aud").asText().replaceAll("/$", ""))),
        Named.of(
            "aud of the token endpoint",
            a -> a.claims.put("aud", a.claims.path("aud").asText() + "oauth/token")),
        Named.of(
            "aud of another scheme",
            a -> a.claims.put("aud", a.claims.path("aud").asText().replace("http:", "https:"))),
        Named.of(
            "aud of another scheme, in an array",
            a -> {
              String issuer = a.claims.path("aud").asText();
              a.claims.putArray("aud").add(issuer.replace("http:", "https:"));
            }),
        Named.of("aud empty", a -> a.claims.putArray("aud")),
        Named.of(
            "two audiences",
            a ->
                a.claims
                    .putArray("aud")
                    .add(TestNode.shared().contract())
                    .add("https://else.example/")),
        Named.of("no exp", a -> a.claims.remove("exp")),
        Named.of("exp as a huge number", a -> a.claims.put("exp", Long.MAX_VALUE)),
        Named.of("expired", a -> a.claims.put("exp", now - 1)),
        Named.of("iat in the future", a -> a.claims.put("iat", now + 60)),
        Named.of("nbf in the future", a -> a.claims.put("nbf", now + 60)),
        Named.of(
            "more than five minutes", a -> a.claims.put("iat", now - 250).put("exp", now + 60)),
        Named.of(
            "more than five minutes, no iat", a -> a.claims.put("exp", now + 330).remove("iat")),
        Named.of("no jti", a -> a.claims.remove("jti")),
        Named.of("empty jti", a -> a.claims.put("jti", "")),
        Named.of("long jti", a -> a.claims.put("jti", "j".repeat(513))));
  }

  @ParameterizedTest
  @MethodSource("faulty")
  @DisplayName("§1.2 a client that signed what it must not is told what: 401 invalid_client")
  void refusesFaults(Consumer<ClientAssertion> change) {
    ClientAssertion assertion = assertion("RS256");
    change.accept(assertion);
    Answer answer = post(assertion);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text("error")).isEqualTo("invalid_client");
    assertThat(answer.text("error_description")).startsWith("client_assertion: ");
  }

  @Test
  @DisplayName("§1.2 aud may be an array of one; iat and nbf are optional, with ten seconds' skew")
  void lenient() {
    long now = System.currentTimeMillis() / 1000;
    ClientAssertion assertion = assertion("RS256");
    assertion.claims.putArray("aud").add(TestNode.shared().contract());
    assertion.claims.put("nbf", now + 5).remove("iat");

    assertThat(post(assertion).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"client-authentication+jwt", "application/client-authentication+jwt"})
  @DisplayName("additions C6 it may say what it is (RFC 7523bis)")
  void typed(String type) {
    ClientAssertion assertion = assertion("ES256");
    assertion.header.put("typ", type);

    assertThat(post(assertion).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "ES384"})
  @DisplayName("§1.2 a signature in DER, or longer than its curve has it: 401 (RFC 7518 §3.4)")
  void signatureForms(String algorithm) throws Exception {
    String signed = assertion(algorithm).sign();
    int end = signed.lastIndexOf('.') + 1;
    byte[] octets = Base64.getUrlDecoder().decode(signed.substring(end));
    int half = octets.length / 2;
    byte[] der =
        new DERSequence(
                new ASN1Integer[] {
                  new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(octets, 0, half))),
                  new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(octets, half, 2 * half)))
                })
            .getEncoded();
    byte[] longer = new byte[octets.length + 2];
    System.arraycopy(octets, 0, longer, 1, half);
    System.arraycopy(octets, half, longer, half + 2, half);

    for (byte[] other : List.of(der, longer)) {
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(other);
      assertThat(request(signed.substring(0, end) + text).post().error()).isEqualTo(REFUSED);
    }
    assertThat(request(signed).post().status()).isEqualTo(200);
  }

  @Test
  @DisplayName("§1.2 is good for one request, however many come at the same moment")
  void once() {
    String assertion = assertion("RS256").sign();

    List<CompletableFuture<Answer>> answers =
        IntStream.range(0, 20)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> request(assertion).post()))
            .toList();
    List<String> outcomes =
        answers.stream()
            .map(CompletableFuture::join)
            .map(answer -> answer.status() == 200 ? "200" : answer.error())
            .toList();

    assertThat(outcomes).filteredOn("200"::equals).hasSize(1);
    assertThat(outcomes)
        .filteredOn(outcome -> !outcome.equals("200"))
        .containsOnly("401 invalid_client: client_assertion: used before");
  }

  @Test
  @DisplayName("§1.2 the same jti of another client is another assertion")
  void jtiOfAnother() {
    ClientAssertion first = assertion("RS256");
    ClientAssertion second = assertion("ES256");
    second.claims.put("jti", first.claims.path("jti").asText());

    assertThat(post(first).status()).isEqualTo(200);
    assertThat(post(second).status()).isEqualTo(200);
  }

  @Test
  @DisplayName("§1.2 HS256 with the public key as its secret: 401")
  void keyConfusion() throws Exception {
    ClientAssertion assertion = assertion("RS256");
    assertion.header.put("alg", "HS256");
    String[] parts = assertion.sign().split("\\.");
    for (byte[] secret :
        List.of(
            ClientAssertion.pem(keyOf("RS256")).getBytes(UTF_8),
            keyOf("RS256").getPublic().getEncoded())) {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      String input = parts[0] + "." + parts[1];
      String forged =
          input
              + "."
              + Base64.getUrlEncoder()
                  .withoutPadding()
                  .encodeToString(mac.doFinal(input.getBytes(UTF_8)));

      assertThat(request(forged).post().error()).isEqualTo(REFUSED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "a.b", "a.b.c", "a.b.c.d", "e30.e30.AAAA", "\u0001"})
  @DisplayName("§1.2 what is no JWT: 401, or 400 where it is empty")
  void noJwt(String assertion) {
    Answer answer = request(assertion).post();

    assertThat(answer.error())
        .isEqualTo(
            assertion.isEmpty()
                ? "400 invalid_request: Missing required parameter: client_assertion"
                : REFUSED);
  }

  @Test
  @DisplayName("§1.2 assertion and type belong together; the type must be that of JWTs")
  void type() {
    String assertion = assertion("RS256").sign();

    assertThat(request(assertion).without("client_assertion_type").post().error())
        .isEqualTo("400 invalid_request: Missing required parameter: client_assertion_type");
    assertThat(request(assertion).with("client_assertion_type", "urn:other").post().error())
        .isEqualTo("400 invalid_request: client_assertion_type must be " + TYPE);
    assertThat(request(assertion).with("client_id", "app").post().error())
        .isEqualTo("400 invalid_request: client_id differs from the client assertion");
  }

  @Test
  @DisplayName("§1.2 with a secret or Basic beside it: 400")
  void twoMechanisms() {
    String text = "400 invalid_request: The client must authenticate in one way only";

    assertThat(request(assertion("RS256").sign()).with("client_secret", "x").post().error())
        .isEqualTo(text);
    assertThat(
            request(assertion("RS256").sign())
                .header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString("app:x".getBytes(UTF_8)))
                .post()
                .error())
        .isEqualTo(text);
  }

  @Test
  @DisplayName("§1.2 a client that has keys may come neither with a secret nor with nothing")
  void secretOfKeyClient() {
    TokenRequest plain = TokenRequest.valid().with("client_id", clientOf("RS256"));

    assertThat(plain.with("client_secret", "x").post().error())
        .isEqualTo("401 access_denied: Unauthorized");
    assertThat(plain.without("client_secret").post().error())
        .isEqualTo("401 access_denied: Unauthorized");
  }

  @Test
  @DisplayName("§1.2 such a client is confidential: its own tokens, and forwarded addresses count")
  void confidential() {
    ADMIN.patch("/clients/" + clientOf("PS384"), "{'is_token_endpoint_ip_header_trusted': true}");
    String show = "api.access.deny('x', event.request.ip)";

    await()
        .untilAsserted(
            () ->
                assertThat(
                        request(assertion("PS384").sign())
                            .with("subject_token", show)
                            .header("auth0-forwarded-for", "203.0.113.9")
                            .post()
                            .text("error_description"))
                    .isEqualTo("203.0.113.9"));
  }

  @Test
  @DisplayName("§1.2 a key that is replaced or has expired counts no more, its successor does")
  void rotation() throws Exception {
    String client = clientOf("RS384");
    String old =
        ADMIN.get("/clients/" + client + "/credentials").body().path(0).path("id").asText();
    KeyPair successor = ClientAssertion.newKey("RS256");
    ObjectNode credential =
        JsonNodeFactory.instance
            .objectNode()
            .put("credential_type", "public_key")
            .put("kid", "the-successor")
            .put("pem", ClientAssertion.pem(successor));
    String fresh =
        ADMIN.post("/clients/" + client + "/credentials", credential).body().path("id").asText();
    String both =
        "{'client_authentication_methods': {'private_key_jwt': {'credentials': [{'id': '%s'}%s]}}}";

    assertThat(post(new ClientAssertion(successor, "RS256", client)).error()).isEqualTo(REFUSED);
    ADMIN.patch("/clients/" + client, both.formatted(fresh, ", {'id': '" + old + "'}"));
    await()
        .untilAsserted(
            () ->
                assertThat(post(new ClientAssertion(successor, "RS256", client)).status())
                    .isEqualTo(200));
    assertThat(post(assertion("RS384")).status()).isEqualTo(200);

    ADMIN.patch("/clients/" + client, both.formatted(fresh, ""));
    await().untilAsserted(() -> assertThat(post(assertion("RS384")).error()).isEqualTo(REFUSED));

    assertThat(
            TestNode.shared()
                .execute(
                    "update client_credential set payload = payload || ?::jsonb where id = ?",
                    Json.write(Map.of("expires_at", "2020-01-01T00:00:00.000Z")),
                    fresh))
        .isEqualTo(1);
    await()
        .untilAsserted(
            () ->
                assertThat(post(new ClientAssertion(successor, "RS256", client)).error())
                    .isEqualTo(REFUSED));
  }

  @Test
  @DisplayName("§1.2 the log says why, and names the client that the assertion claims to be")
  void logs() {
    ClientAssertion assertion = assertion("RS256");
    assertion.claims.put("sub", "nobody");
    TokenRequest request = request(assertion.sign());
    request.post();

    ObjectNode entry = TestNode.shared().logs(request.userAgent()).getLast();
    assertThat(entry.path("type").asText()).isEqualTo("fecte");
    assertThat(entry.path("client_id").asText()).isEqualTo("nobody");
    assertThat(entry.path("description").asText()).contains("unknown");
  }
}
