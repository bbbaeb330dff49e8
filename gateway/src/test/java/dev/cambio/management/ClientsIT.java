package dev.cambio.management;

import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Clients, contract management-api §2.3")
class ClientsIT {
  private final Administrator admin = Administrator.quickstart();
  private final String name = unique("client");

  private JsonNode create(String more) {
    Response created = admin.post("/clients", "{'name':'" + name + "'" + more + "}");
    assertThat(created.status()).as(created.message()).isEqualTo(201);
    return created.body();
  }

  private static String path(JsonNode client) {
    return "/clients/" + client.path("client_id").asText();
  }

  @Test
  @DisplayName("§2.3 create answers 201 with the API's defaults, id and secret")
  void creates() {
    JsonNode client = create("");

    assertThat(client.path("client_id").asText()).matches("[A-Za-z0-9]{32}");
    assertThat(client.path("client_secret").asText()).hasSizeGreaterThanOrEqualTo(48);
    assertThat(client.path("tenant").asText()).isEqualTo("quickstart");
    assertThat(client.path("global").asBoolean(true)).isFalse();
    assertThat(client.path("is_first_party").asBoolean()).isTrue();
    assertThat(client.path("oidc_conformant").asBoolean(true)).isFalse();
    assertThat(client.path("token_endpoint_auth_method").asText()).isEqualTo("client_secret_post");
    assertThat(client.path("jwt_configuration").path("lifetime_in_seconds").asInt())
        .isEqualTo(36_000);
    assertThat(client.path("grant_types")).isEmpty();
    assertThat(create(",'app_type':'non_interactive'").path("grant_types").path(0).asText())
        .isEqualTo("client_credentials");
    assertThat(client.path("signing_keys").path(0).path("cert").asText())
        .startsWith("-----BEGIN CERTIFICATE-----");
    assertThat(client.path("signing_keys").path(0).path("pkcs7").asText())
        .startsWith("-----BEGIN PKCS7-----");
    assertThat(admin.get(path(client)).body()).isEqualTo(client);
  }

  @Test
  @DisplayName("§2.3 a single-page or native app without a secret is public and has none")
  void makesPublicClients() {
    JsonNode client = create(",'app_type':'spa'");

    assertThat(client.path("token_endpoint_auth_method").asText()).isEqualTo("none");
    assertThat(client.has("client_secret")).isFalse();

    JsonNode confidential =
        admin.patch(path(client), "{'token_endpoint_auth_method':'client_secret_basic'}").body();
    assertThat(confidential.path("client_secret").asText()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'description':'x'}|'Missing required property: name'.",
        "{'name':'a<b'}|'String does not match pattern: ^[^<>]+$' on property name.",
        "{'name':'a','client_id':'x'}|'Additional properties not allowed: client_id'.",
        "{'name':'a','nonsense':1}|'Additional properties not allowed: nonsense'.",
        "{'name':'a','oidc_conformant':'yes'}|'Expected type boolean, null but found type string'"
            + " on property oidc_conformant.",
        "{'name':'a','client_metadata':{'k':1}}|'Expected type string, null but found type integer'"
            + " on property client_metadata.k.",
        "{'name':'a','client_secret':'short'}|'String is too short (5 chars), minimum 16' on"
            + " property client_secret.",
        "{'name':'a','jwt_configuration':{'alg':'none'}}|'No enum match, expected one of: HS256,"
            + " RS256, RS512, PS256, ES256, EdDSA' on property jwt_configuration.alg.",
        "{'name':'a','token_exchange':{'allow_any_profile_of_type':['x']}}|'No enum match, expected"
            + " one of: custom_authentication, on_behalf_of_token_exchange' on property"
            + " token_exchange.allow_any_profile_of_type[0].",
        "{'name':'a','refresh_token':{'rotation_type':'rotating'}}|'Missing required property:"
            + " expiration_type' on property refresh_token.",
      })
  @DisplayName("§1.2 a body that breaks its schema is refused with 400 and the property's name")
  void refusesInvalidBodies(String body, String detail) {
    Response refused = admin.post("/clients", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).isEqualTo("Payload validation error: " + detail);
  }

  @Test
  @DisplayName("§2.3 text that looks like SQL or markup is text")
  void isInert() {
    String text = "'); drop table client; -- $1 %s ${x}";
    JsonNode client =
        admin
            .post(
                "/clients",
                JsonNodeFactory.instance.objectNode().put("name", name).put("description", text))
            .body();

    assertThat(client.path("description").asText()).isEqualTo(text);
    assertThat(admin.get("/clients/" + Administrator.segment(text)).status()).isEqualTo(404);
    assertThat(admin.get("/clients?app_type=" + Administrator.segment(text)).body()).isEmpty();
    assertThat(admin.get("/clients?q=" + Administrator.segment(text)).errorCode())
        .isEqualTo("invalid_query_string");
  }

  @Test
  @DisplayName("§2.3 PATCH merges metadata and JWT configuration, replaces lists, null clears")
  void patches() {
    JsonNode client =
        create(
            ",'description':'d','callbacks':['https://a.example'],"
                + "'client_metadata':{'a':'1','b':'2'}");

    JsonNode patched =
        admin
            .patch(
                path(client),
                "{'description':null,'callbacks':['https://b.example'],'oidc_conformant':true,"
                    + "'client_metadata':{'a':null,'c':'3'},'jwt_configuration':{'alg':'ES256'}}")
            .body();

    assertThat(patched.has("description")).isFalse();
    assertThat(patched.path("callbacks").toString()).isEqualTo("[\"https://b.example\"]");
    assertThat(patched.path("client_metadata").toString()).isEqualTo("{\"b\":\"2\",\"c\":\"3\"}");
    assertThat(patched.path("jwt_configuration").path("alg").asText()).isEqualTo("ES256");
    assertThat(patched.path("jwt_configuration").path("lifetime_in_seconds").asInt())
        .isEqualTo(36_000);
    assertThat(patched.path("client_secret")).isEqualTo(client.path("client_secret"));
    assertThat(patched.path("name")).isEqualTo(client.path("name"));
  }

  @Test
  @DisplayName("§2.3 a PATCH that changes nothing leaves the row as it is, given secrets included")
  void keepsUnchangedRows() {
    JsonNode client = create(",'client_secret':'a-secret-of-some-length'");
    String row = "select row_to_json(c)::text from client c where client_id = ?";
    List<String> before = TestNode.shared().column(row, client.path("client_id").asText());

    Response again =
        admin.patch(
            path(client),
            "{'name':'"
                + name
                + "','client_secret':'a-secret-of-some-length','oidc_conformant':false}");

    assertThat(again.status()).isEqualTo(200);
    assertThat(TestNode.shared().column(row, client.path("client_id").asText())).isEqualTo(before);
  }

  @Test
  @DisplayName("§2.3 two administrators who change different things at once both succeed")
  void mergesConcurrentChanges() throws Exception {
    JsonNode client = create("");
    int changes = 12;
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Response>> answers = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < changes; i++) {
        String body =
            i % 2 == 0
                ? "{'client_metadata':{'k" + i / 2 + "':'v'}}"
                : "{'" + FLAGS.get(i / 2) + "':true}";
        answers.add(
            executor.submit(
                () -> {
                  go.await();
                  return admin.patch(path(client), body);
                }));
      }
      go.countDown();
      for (Future<Response> answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
    }

    JsonNode after = admin.get(path(client)).body();
    assertThat(after.path("client_metadata")).hasSize(changes / 2);
    assertThat(FLAGS).allMatch(flag -> after.path(flag).asBoolean());
  }

  private static final List<String> FLAGS =
      List.of(
          "oidc_conformant",
          "sso",
          "sso_disabled",
          "cross_origin_authentication",
          "custom_login_page_on",
          "require_pushed_authorization_requests");

  @Test
  @DisplayName("§2.3 at most ten metadata entries, also when a PATCH adds them")
  void limitsMetadata() {
    StringBuilder ten = new StringBuilder("'k0':'v'");
    for (int i = 1; i < 10; i++) {
      ten.append(",'k").append(i).append("':'v'");
    }
    JsonNode client = create(",'client_metadata':{" + ten + "}");

    Response refused = admin.patch(path(client), "{'client_metadata':{'more':'v'}}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).contains("client_metadata");
    assertThat(admin.patch(path(client), "{'client_metadata':{'more':'v','k0':null}}").status())
        .isEqualTo(200);
  }

  @Test
  @DisplayName("§2.3 clearing the authentication method does not make a client public")
  void doesNotBecomePublic() {
    JsonNode client = create("");

    JsonNode patched = admin.patch(path(client), "{'token_endpoint_auth_method':null}").body();

    assertThat(patched.path("token_endpoint_auth_method").asText()).isEqualTo("client_secret_post");
  }

  @Test
  @DisplayName("§2.3 rotate-secret gives a new secret, and the old one stops working")
  void rotatesSecrets() {
    JsonNode client = create(",'app_type':'non_interactive','grant_types':['client_credentials']");
    String id = client.path("client_id").asText();
    String audience = TestNode.shared().quickstart() + "api/v2/";
    admin.post(
        "/client-grants",
        "{'client_id':'" + id + "','audience':'" + audience + "','scope':['read:clients']}");
    String old = client.path("client_secret").asText();
    assertThat(admin.token(id, old, audience)).isNotEmpty();

    Response rotated = admin.call("POST", path(client) + "/rotate-secret", Optional.empty());

    assertThat(rotated.status()).isEqualTo(200);
    String fresh = rotated.body().path("client_secret").asText();
    assertThat(fresh).isNotEmpty().isNotEqualTo(old);
    assertThat(admin.token(id, fresh, audience)).isNotEmpty();
    assertThatThrownBy(() -> admin.token(id, old, audience)).hasMessageContaining("access_denied");
  }

  @Test
  @DisplayName("§2.3 secrets and keys are shown only with read:client_keys")
  void hidesSecrets() {
    JsonNode client = create(",'encryption_key':{'pub':'p'}");
    Administrator reader = scoped("read:clients", "update:clients", "create:clients");

    assertThat(reader.get(path(client)).body().has("client_secret")).isFalse();
    assertThat(reader.get(path(client)).body().has("signing_keys")).isFalse();
    assertThat(reader.get(path(client)).body().has("encryption_key")).isFalse();
    assertThat(reader.patch(path(client), "{'sso':true}").body().has("client_secret")).isFalse();
    for (JsonNode listed : reader.get("/clients?per_page=100").body()) {
      assertThat(listed.has("client_secret")).isFalse();
    }
    Response refused = reader.patch(path(client), "{'client_secret':'another-long-secret'}");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.message())
        .isEqualTo("Insufficient scope, expected any of: update:client_keys");
  }

  private Administrator scoped(String... scopes) {
    JsonNode client =
        admin
            .post(
                "/clients",
                "{'name':'" + unique("scoped") + "','grant_types':['client_credentials']}")
            .body();
    String id = client.path("client_id").asText();
    Response grant =
        admin.post(
            "/client-grants",
            "{'client_id':'%s','audience':'%s','scope':['%s']}"
                .formatted(
                    id, TestNode.shared().quickstart() + "api/v2/", String.join("','", scopes)));
    assertThat(grant.status()).isEqualTo(201);
    return admin.as(id, client.path("client_secret").asText());
  }

  @Test
  @DisplayName("§2.3 lists filter by type and party, and show the fields that are asked for")
  void lists() {
    JsonNode client = create(",'app_type':'native','is_first_party':false");
    String id = client.path("client_id").asText();

    JsonNode page =
        admin
            .get(
                "/clients?is_first_party=false&app_type=native,spa&include_totals=true"
                    + "&fields=client_id,name&is_global=false&per_page=100")
            .body();

    assertThat(page.path("total").asInt()).isEqualTo(page.path("clients").size());
    assertThat(page.path("clients").findValuesAsText("client_id")).contains(id);
    assertThat(page.path("clients").path(0)).hasSize(2);
    assertThat(admin.get("/clients?is_global=true").body()).isEmpty();
    assertThat(
            admin
                .get("/clients/" + id + "?fields=tenant&include_fields=false")
                .body()
                .has("tenant"))
        .isFalse();
    JsonNode cursor = admin.get("/clients?take=1&include_totals=true").body();
    assertThat(cursor.path("clients")).hasSize(1);
    assertThat(cursor.path("next").asText()).isNotEmpty();
  }

  @Test
  @DisplayName("§2.3 an alias belongs to one client")
  void refusesTakenAliases() {
    String alias = "https://" + name + ".example";
    create(",'client_aliases':['" + alias + "']");

    Response second = admin.post("/clients", "{'name':'other','client_aliases':['" + alias + "']}");

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.errorCode()).isEqualTo("client_conflict");
  }

  @Test
  @DisplayName("§2.3 deleting takes grants, keys and enabled connections along, and is 204 again")
  void deletes() {
    JsonNode client = create("");
    String id = client.path("client_id").asText();
    admin.post(
        "/client-grants",
        "{'client_id':'" + id + "','audience':'https://api.acme.example/orders','scope':[]}");

    assertThat(admin.delete(path(client)).status()).isEqualTo(204);

    assertThat(admin.get(path(client)).status()).isEqualTo(404);
    assertThat(admin.get(path(client)).message()).isEqualTo("Client not found");
    assertThat(admin.get(path(client)).errorCode()).isEqualTo("inexistent_client");
    assertThat(admin.get("/client-grants?client_id=" + id).body()).isEmpty();
    assertThat(admin.delete(path(client)).status()).isEqualTo(204);
  }

  @Test
  @DisplayName("§2.3 the enabled connections of a client, by cursor")
  void listsConnections() {
    JsonNode first = admin.get("/clients/quickstart-app/connections?take=1").body();
    JsonNode second =
        admin
            .get(
                "/clients/quickstart-app/connections?take=1&from="
                    + Administrator.segment(first.path("next").asText()))
            .body();

    assertThat(first.path("connections").path(0).path("id").asText()).startsWith("con_");
    assertThat(second.path("connections")).hasSize(1);
    assertThat(second.path("connections")).isNotEqualTo(first.path("connections"));
    assertThat(
            admin
                .get("/clients/quickstart-app/connections?strategy=oidc")
                .body()
                .path("connections"))
        .hasSize(1);
    assertThat(admin.get("/clients/nobody/connections").status()).isEqualTo(404);
  }
}
