package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Client grants, contract management-api §2.5")
class ClientGrantsIT {
  private static final String ORDERS = "https://api.acme.example/orders";

  private final Administrator admin = Administrator.quickstart();
  private final String clientId = client("");

  private String client(String more) {
    return admin
        .post("/clients", "{'name':'" + unique("granted") + "'" + more + "}")
        .body()
        .path("client_id")
        .asText();
  }

  private Response grant(String audience, String more) {
    return admin.post(
        "/client-grants",
        "{'client_id':'" + clientId + "','audience':'" + audience + "'" + more + "}");
  }

  @Test
  @DisplayName("§2.5 create answers 201 with id and subject type, and get finds it")
  void creates() {
    Response created = grant(ORDERS, ",'scope':['read:orders']");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().path("id").asText()).matches("cgr_[A-Za-z0-9]{16}");
    assertThat(created.body().path("subject_type").asText()).isEqualTo("client");
    assertThat(admin.get("/client-grants/" + created.body().path("id").asText()).body())
        .isEqualTo(created.body());
  }

  @Test
  @DisplayName("§2.5 unknown API or client 404, duplicate 409, foreign scope 400")
  void refuses() {
    grant(ORDERS, "");

    assertThat(grant(ORDERS, "").status()).isEqualTo(409);
    assertThat(grant(ORDERS, ",'subject_type':'user'").status()).isEqualTo(201);
    assertThat(grant("https://nowhere.example", "").message())
        .isEqualTo("Resource server not found");
    assertThat(
            admin
                .post("/client-grants", "{'client_id':'nobody','audience':'" + ORDERS + "'}")
                .message())
        .isEqualTo("Client not found");
    assertThat(grant(ORDERS, ",'scope':['no:scope']").message())
        .isEqualTo("Payload validation error: scope must be a subset of resource server scopes");
    assertThat(admin.post("/client-grants", "{'audience':'" + ORDERS + "'}").status())
        .isEqualTo(400);
    assertThat(grant(ORDERS, ",'nonsense':1").message())
        .isEqualTo("Payload validation error: 'Additional properties not allowed: nonsense'.");
  }

  @Test
  @DisplayName("§2.5 PATCH replaces scopes, checks them, and changes nothing where nothing differs")
  void patches() {
    String path =
        "/client-grants/" + grant(ORDERS, ",'scope':['read:orders']").body().path("id").asText();
    String row = "select row_to_json(g)::text from client_grant g where id = ?";

    JsonNode patched = admin.patch(path, "{'scope':['write:orders']}").body();
    var before = TestNode.shared().column(row, patched.path("id").asText());
    admin.patch(path, "{'scope':['write:orders']}");

    assertThat(patched.path("scope").toString()).isEqualTo("[\"write:orders\"]");
    assertThat(TestNode.shared().column(row, patched.path("id").asText())).isEqualTo(before);
    assertThat(admin.patch(path, "{'scope':['no:scope']}").status()).isEqualTo(400);
    assertThat(admin.patch(path, "{'audience':'x'}").status()).isEqualTo(400);
    assertThat(admin.patch(path, "{'scope':null}").body().path("scope")).isEmpty();
    assertThat(admin.patch("/client-grants/cgr_none", "{'scope':[]}").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§1.1 the Management API is named by the address that the caller uses")
  void knowsTheManagementApi() {
    String audience = TestNode.shared().quickstart() + "api/v2/";

    JsonNode created = grant(audience, ",'scope':['read:clients']").body();

    assertThat(created.path("audience").asText()).isEqualTo(audience);
    assertThat(
            admin
                .get("/client-grants?audience=" + segment(audience) + "&client_id=" + clientId)
                .body())
        .hasSize(1);
    assertThat(grant(audience, "").status()).isEqualTo(409);
  }

  @Test
  @DisplayName("§2.5 a grant of all scopes names none")
  void grantsAll() {
    JsonNode created = grant(ORDERS, ",'allow_all_scopes':true,'scope':['read:orders']").body();

    assertThat(created.path("allow_all_scopes").asBoolean()).isTrue();
    assertThat(created.path("scope")).isEmpty();
  }

  @Test
  @DisplayName("§2.5 a default grant serves third-party clients that have none of their own")
  void grantsByDefault() {
    String api = "https://" + unique("default") + ".example";
    admin.post("/resource-servers", "{'identifier':'" + api + "','scopes':[{'value':'a'}]}");
    JsonNode third =
        admin
            .post(
                "/clients",
                "{'name':'"
                    + unique("third")
                    + "','is_first_party':false,"
                    + "'grant_types':['client_credentials']}")
            .body();
    String grant = "{'default_for':'third_party_clients','audience':'" + api + "','scope':['a']}";

    Response created = admin.post("/client-grants", grant);

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().path("default_for").asText()).isEqualTo("third_party_clients");
    assertThat(created.body().has("client_id")).isFalse();
    assertThat(admin.post("/client-grants", grant).status()).isEqualTo(409);
    assertThat(
            admin.token(
                third.path("client_id").asText(), third.path("client_secret").asText(), api))
        .isNotEmpty();
    assertThat(
            admin
                .get("/client-grants?default_for=third_party_clients&audience=" + segment(api))
                .body())
        .hasSize(1);
  }

  @Test
  @DisplayName("§1.3 lists by page, with totals and by cursor")
  void lists() {
    grant(ORDERS, "");
    grant(ORDERS, ",'subject_type':'user'");
    String filter = "/client-grants?client_id=" + clientId;

    assertThat(admin.get(filter).body()).hasSize(2);
    assertThat(admin.get(filter + "&subject_type=user").body()).hasSize(1);
    JsonNode totals = admin.get(filter + "&include_totals=true&per_page=1").body();
    assertThat(totals.path("total").asInt()).isEqualTo(2);
    assertThat(totals.path("client_grants")).hasSize(1);
    JsonNode first = admin.get(filter + "&take=1&include_totals=true").body();
    JsonNode second =
        admin.get(filter + "&take=1&from=" + segment(first.path("next").asText())).body();
    assertThat(second.path("client_grants")).hasSize(1).isNotEqualTo(first.path("client_grants"));
    assertThat(second.has("next")).isFalse();
  }

  @Test
  @DisplayName("§2.5 the organizations of a grant")
  void listsOrganizations() {
    String id = grant(ORDERS, "").body().path("id").asText();

    assertThat(admin.get("/client-grants/" + id + "/organizations?take=50").body())
        .isEqualTo(admin.get("/client-grants/" + id + "/organizations?take=1").body());
    assertThat(
            admin
                .get("/client-grants/" + id + "/organizations?take=1")
                .body()
                .path("organizations"))
        .isEmpty();
    assertThat(admin.get("/client-grants/cgr_none/organizations").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.5 delete answers 204, also when there is nothing left")
  void deletes() {
    String path = "/client-grants/" + grant(ORDERS, "").body().path("id").asText();

    assertThat(admin.delete(path).status()).isEqualTo(204);
    assertThat(admin.get(path).status()).isEqualTo(404);
    assertThat(admin.delete(path).status()).isEqualTo(204);
  }
}
