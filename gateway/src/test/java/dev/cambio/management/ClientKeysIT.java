package dev.cambio.management;

import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.gateway.key.KeyType;
import dev.cambio.gateway.key.NewSigningKey;
import dev.cambio.management.Administrator.Response;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Public keys of clients, contract management-api §2.3, §4.6")
class ClientKeysIT {
  private static final String METHODS = "client_authentication_methods";

  private final Administrator admin = Administrator.quickstart();
  private final String clientId =
      admin.post("/clients", "{'name':'" + unique("keys") + "'}").body().path("client_id").asText();
  private final String path = "/clients/" + clientId + "/credentials";

  private static String publicKey(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return pem("PUBLIC KEY", generator.generateKeyPair().getPublic().getEncoded());
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  private static ObjectNode credential(String pem) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("credential_type", "public_key")
        .put("name", "key")
        .put("pem", pem);
  }

  @Test
  @DisplayName("§4.6 a public key is stored with a computed kid, and its PEM is not shown")
  void stores() throws Exception {
    Response created = admin.post(path, credential(publicKey("RSA", 2048)).put("alg", "PS256"));

    assertThat(created.status()).as(created.message()).isEqualTo(201);
    JsonNode credential = created.body();
    assertThat(credential.path("id").asText()).matches("cred_[A-Za-z0-9]{16}");
    assertThat(credential.path("kid").asText()).matches("[A-Za-z0-9_-]{43}");
    assertThat(credential.path("alg").asText()).isEqualTo("PS256");
    assertThat(credential.path("created_at").asText()).matches(".*T.*\\.[0-9]{3}Z");
    assertThat(credential.has("pem")).isFalse();
    String one = path + "/" + credential.path("id").asText();
    assertThat(admin.get(one).body()).isEqualTo(credential);
    assertThat(admin.get(path).body().path(0)).isEqualTo(credential);
  }

  @Test
  @DisplayName("§4.6 a certificate brings thumbprint and, if asked for, its end")
  void readsCertificates() {
    String certificate =
        NewSigningKey.generate(KeyType.RSA, "client.example", Clock.systemUTC(), new SecureRandom())
            .certificatePem();

    JsonNode credential =
        admin.post(path, credential(certificate).put("parse_expiry_from_cert", true)).body();

    assertThat(credential.path("thumbprint_sha256").asText()).matches("[0-9a-f]{64}");
    assertThat(OffsetDateTime.parse(credential.path("expires_at").asText()))
        .isAfter(OffsetDateTime.now(ZoneOffset.UTC).plusYears(13));
  }

  @Test
  @DisplayName("§4.6 what is no acceptable public key is refused with the reason")
  void refusesOthers() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    String privateKey = pem("PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded());
    String good = publicKey("RSA", 2048);

    assertThat(admin.post(path, credential(privateKey)).message())
        .isEqualTo(
            "Payload validation error: 'A private key must stay with the client; give its public"
                + " key' on property pem.");
    assertThat(admin.post(path, credential(publicKey("RSA", 1024))).message())
        .contains("An RSA key must have 2048 to 8192 bits, not 1024");
    assertThat(admin.post(path, credential(publicKey("EC", 256))).message())
        .contains("The key does not fit the algorithm RS256");
    assertThat(admin.post(path, credential(good).put("alg", "ES256")).message())
        .contains("The key does not fit the algorithm ES256");
    assertThat(admin.post(path, credential(publicKey("EC", 384)).put("alg", "ES256")).status())
        .isEqualTo(400);
    assertThat(admin.post(path, credential(publicKey("EC", 521))).message())
        .contains("An EC key must be on the curve P-256 or P-384");
    assertThat(admin.post(path, credential(publicKey("Ed25519", 255))).message())
        .contains("The algorithm needs an RSA or EC key");
    assertThat(admin.post(path, credential("nonsense")).message())
        .contains("Neither a public key nor a certificate in PEM");
    assertThat(admin.post(path, credential(good + good)).message())
        .contains("More than one PEM object");
    assertThat(admin.post(path, credential(pem("PUBLIC KEY", new byte[] {1, 2, 3}))).message())
        .contains("Not a readable public key or certificate");
    assertThat(
            admin.post(path, credential(good).put("expires_at", "2001-01-01T00:00:00Z")).message())
        .contains("on property expires_at");
    assertThat(admin.post(path, credential(good).put("parse_expiry_from_cert", true)).message())
        .contains("on property parse_expiry_from_cert");
    assertThat(admin.post(path, credential(good).put("alg", "HS256")).status()).isEqualTo(400);
    assertThat(admin.get(path).body()).isEmpty();
  }

  @Test
  @DisplayName("§4.6 two keys at a time, no kid twice")
  void limits() throws Exception {
    ObjectNode first = credential(publicKey("RSA", 2048));
    admin.post(path, first);

    assertThat(admin.post(path, first).status()).isEqualTo(409);
    assertThat(admin.post(path, credential(publicKey("RSA", 2048))).status()).isEqualTo(201);
    assertThat(admin.post(path, credential(publicKey("RSA", 2048))).errorCode())
        .isEqualTo("too_many_entities");
  }

  @Test
  @DisplayName("§2.3 a client that refers to its key loses its secret's effect, and can go back")
  void switchesMethods() throws Exception {
    String id = admin.post(path, credential(publicKey("RSA", 2048))).body().path("id").asText();
    String methods =
        "'client_authentication_methods':{'private_key_jwt':{'credentials':[{'id':'" + id + "'}]}}";

    Response both =
        admin.patch(
            "/clients/" + clientId, "{" + methods + ",'token_endpoint_auth_method':'none'}");
    JsonNode byKey =
        admin
            .patch("/clients/" + clientId, "{" + methods + ",'token_endpoint_auth_method':null}")
            .body();

    assertThat(both.status()).isEqualTo(400);
    assertThat(byKey.has("token_endpoint_auth_method")).isFalse();
    assertThat(byKey.at("/" + METHODS + "/private_key_jwt/credentials/0/id").asText())
        .isEqualTo(id);
    assertThat(
            admin.patch("/clients/" + clientId, "{'token_endpoint_auth_method':'none'}").message())
        .contains("Clear client_authentication_methods first");
    assertThat(admin.delete(path + "/" + id).status()).isEqualTo(409);

    JsonNode back =
        admin
            .patch(
                "/clients/" + clientId,
                "{'client_authentication_methods':null,"
                    + "'token_endpoint_auth_method':'client_secret_post'}")
            .body();
    assertThat(back.has(METHODS)).isFalse();
    assertThat(admin.delete(path + "/" + id).status()).isEqualTo(204);
    assertThat(admin.delete(path + "/" + id).status()).isEqualTo(204);
  }

  @Test
  @DisplayName("§2.3 a client refers to its own keys only")
  void refusesForeignKeys() throws Exception {
    String other =
        admin
            .post("/clients", "{'name':'" + unique("other") + "'}")
            .body()
            .path("client_id")
            .asText();
    String foreign =
        admin
            .post("/clients/" + other + "/credentials", credential(publicKey("RSA", 2048)))
            .body()
            .path("id")
            .asText();

    Response refused =
        admin.patch(
            "/clients/" + clientId,
            "{'client_authentication_methods':{'private_key_jwt':{'credentials':[{'id':'"
                + foreign
                + "'}]}}}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(admin.get(path + "/" + foreign).status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.3 keys given with a new client are stored, and the answer refers to them")
  void storesInlineKeys() throws Exception {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", unique("inline"));
    body.putObject(METHODS)
        .putObject("private_key_jwt")
        .putArray("credentials")
        .add(credential(publicKey("RSA", 2048)));

    Response created = admin.post("/clients", body);

    assertThat(created.status()).as(created.message()).isEqualTo(201);
    JsonNode reference = created.body().at("/" + METHODS + "/private_key_jwt/credentials/0");
    assertThat(reference).hasSize(1);
    assertThat(created.body().has("token_endpoint_auth_method")).isFalse();
    String id = created.body().path("client_id").asText();
    assertThat(admin.get("/clients/" + id + "/credentials").body().path(0).path("id"))
        .isEqualTo(reference.path("id"));
    // Its secret must be of no use.
    Response token =
        admin.tryToken(
            id,
            created.body().path("client_secret").asText(),
            TestNode.shared().quickstart() + "api/v2/");
    assertThat(token.status()).isEqualTo(401);
  }

  @Test
  @DisplayName("§2.3 a bad key given with a new client leaves no client behind")
  void refusesBadInlineKeys() {
    String name = unique("bad");
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", name);
    body.putObject(METHODS)
        .putObject("private_key_jwt")
        .putArray("credentials")
        .add(credential("nonsense"));

    Response refused = admin.post("/clients", body);

    assertThat(refused.message())
        .contains("on property client_authentication_methods.private_key_jwt.credentials[0].pem");
    assertThat(TestNode.shared().column("select name from client where name = ?", name)).isEmpty();
  }

  @Test
  @DisplayName("§4.6 only the end of a key can be changed")
  void patches() throws Exception {
    String one =
        path
            + "/"
            + admin.post(path, credential(publicKey("RSA", 2048))).body().path("id").asText();

    JsonNode ending = admin.patch(one, "{'expires_at':'2099-01-01T00:00:00Z'}").body();
    JsonNode same = admin.patch(one, "{'expires_at':'2099-01-01T00:00:00.000Z'}").body();
    JsonNode endless = admin.patch(one, "{'expires_at':null}").body();

    assertThat(ending.path("expires_at").asText()).isEqualTo("2099-01-01T00:00:00.000Z");
    assertThat(same).isEqualTo(ending);
    assertThat(endless.has("expires_at")).isFalse();
    assertThat(admin.patch(one, "{'pem':'x'}").status()).isEqualTo(400);
  }
}
