package dev.cambio.management;

import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Connections and client grants of an organization, contract management-api §2.9")
class OrganizationConnectionsIT {
  private final Administrator admin = Administrator.quickstart();
  private final String connectionName = unique("db");
  private String organization = "";
  private String connection = "";

  @BeforeEach
  void create() {
    organization =
        "/organizations/"
            + admin
                .post("/organizations", "{'name':'" + unique("o") + "'}")
                .body()
                .path("id")
                .asText();
    connection = connect(connectionName);
  }

  private String connect(String name) {
    return admin
        .post("/connections", "{'name':'" + name + "','strategy':'auth0'}")
        .body()
        .path("id")
        .asText();
  }

  private Response add(String path, String more) {
    return admin.post(organization + path, "{'connection_id':'" + connection + "'" + more + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/connections", "/enabled_connections"})
  @DisplayName("§2.9 added with 201, found, changed with 200 and removed with 204, by both paths")
  void livesByBothPaths(String path) {
    Response added = add(path, ",'assign_membership_on_login':true");

    assertThat(added.status()).isEqualTo(201);
    assertThat(added.body().path("connection_id").asText()).isEqualTo(connection);
    assertThat(added.body().path("assign_membership_on_login").asBoolean()).isTrue();
    assertThat(added.body().at("/connection/name").asText()).isEqualTo(connectionName);
    assertThat(added.body().at("/connection/strategy").asText()).isEqualTo("auth0");
    String item = organization + path + "/" + connection;
    assertThat(admin.get(item).body()).isEqualTo(added.body());

    Response changed = admin.patch(item, "{'show_as_button':false}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.body().path("show_as_button").asBoolean(true)).isFalse();
    assertThat(changed.body().path("assign_membership_on_login").asBoolean()).isTrue();

    assertThat(admin.delete(item).status()).isEqualTo(204);
    assertThat(admin.get(item).status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.9 both paths lead to one store, and the older shows only what is enabled")
  void sharesOneStore() {
    add("/connections", ",'organization_access_level':'limited'");

    JsonNode newer = admin.get(organization + "/connections?include_totals=true").body();
    JsonNode older = admin.get(organization + "/enabled_connections?include_totals=true").body();
    assertThat(newer.path("total").asInt()).isEqualTo(1);
    assertThat(newer.at("/connections/0/organization_access_level").asText()).isEqualTo("limited");
    assertThat(newer.at("/connections/0/is_enabled").asBoolean()).isTrue();
    assertThat(older.path("total").asInt()).isEqualTo(1);
    assertThat(older.at("/enabled_connections/0/connection_id").asText()).isEqualTo(connection);
    assertThat(older.at("/enabled_connections/0").has("organization_access_level")).isFalse();

    admin.patch(organization + "/connections/" + connection, "{'is_enabled':false}");

    assertThat(admin.get(organization + "/enabled_connections").body()).isEmpty();
    assertThat(admin.get(organization + "/connections").body()).hasSize(1);
    assertThat(admin.get(organization + "/connections?is_enabled=true").body()).isEmpty();
    String hidden = organization + "/enabled_connections/" + connection;
    assertThat(admin.get(hidden).status()).isEqualTo(404);
    assertThat(admin.patch(hidden, "{'show_as_button':false}").status()).isEqualTo(404);
    assertThat(admin.delete(hidden).status()).isEqualTo(204);
    assertThat(admin.get(organization + "/connections").body()).hasSize(1);
  }

  @Test
  @DisplayName("§2.9 a second time is refused with 409, an unknown connection with 400")
  void refuses() {
    add("/connections", "");

    Response second = add("/connections", "");
    connection = "con_0000000000000000";
    Response unknown = add("/connections", "");

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.errorCode()).isEqualTo("organization_connection_conflict");
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.message())
        .isEqualTo("The connection 'con_0000000000000000' does not exist.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'x':1|'Additional properties not allowed: x'.",
        "'is_enabled':'yes'|on property is_enabled.",
        "'organization_access_level':'all'|on property organization_access_level.",
        "'organization_connection_name':''|on property organization_connection_name.",
      })
  @DisplayName("§1.2 a body that breaks its schema is refused with 400 and the property's name")
  void refusesInvalidBodies(String member, String detail) {
    Response refused = add("/connections", "," + member);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).endsWith(detail);
  }

  @Test
  @DisplayName("§3.2 an empty change, and one to what is stored, change nothing")
  void keepsUnchanged() {
    add("/connections", "");
    String dates = "select updated_at::text from organization_connection where connection_id = ?";
    List<String> before = TestNode.shared().column(dates, connection);
    String item = organization + "/connections/" + connection;

    Response empty = admin.patch(item, "{}");
    Response same =
        admin.patch(
            item,
            "{'assign_membership_on_login':false,'show_as_button':true,'is_signup_enabled':false,"
                + "'is_enabled':true}");

    assertThat(empty.status()).isEqualTo(200);
    assertThat(same.body()).isEqualTo(empty.body());
    assertThat(TestNode.shared().column(dates, connection)).isEqualTo(before);
  }

  @Test
  @DisplayName("§3.1 a page past the end is empty, and still an object with the total")
  void endsWithAnEmptyPage() {
    add("/connections", "");

    Response past = admin.get(organization + "/connections?page=1&per_page=50&include_totals=true");

    assertThat(past.status()).isEqualTo(200);
    assertThat(past.body().path("connections").isArray()).isTrue();
    assertThat(past.body().path("connections")).isEmpty();
    assertThat(past.body().path("total").asInt()).isEqualTo(1);
  }

  @Test
  @DisplayName("§2.9 enabled_connections come with the organization, or it does not come at all")
  void createsTogether() {
    String name = unique("o");
    String known = "{'connection_id':'" + connection + "','show_as_button':false}";

    Response refused =
        admin.post(
            "/organizations",
            "{'name':'"
                + name
                + "','enabled_connections':["
                + known
                + ",{'connection_id':'con_0000000000000000'}]}");
    Response created =
        admin.post(
            "/organizations", "{'name':'" + name + "','enabled_connections':[" + known + "]}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(created.status()).isEqualTo(201);
    JsonNode listed =
        admin
            .get("/organizations/" + created.body().path("id").asText() + "/enabled_connections")
            .body();
    assertThat(listed.findValuesAsText("connection_id")).containsExactly(connection);
    assertThat(listed.get(0).path("show_as_button").asBoolean(true)).isFalse();
  }

  @Test
  @DisplayName("§2.9 a deleted connection is no organization's any more")
  void goesWithTheConnection() {
    add("/connections", "");

    admin.delete("/connections/" + connection);

    assertThat(admin.get(organization + "/connections").body()).isEmpty();
  }

  @Test
  @DisplayName("§2.9 a client grant is added with 201, refused twice with 409, removed with 204")
  void clientGrants() {
    String api = "https://" + unique("api") + ".example/";
    admin.post("/resource-servers", "{'identifier':'" + api + "'}");
    String client =
        admin
            .post("/clients", "{'name':'" + unique("c") + "','app_type':'non_interactive'}")
            .body()
            .path("client_id")
            .asText();
    String grant =
        admin
            .post(
                "/client-grants",
                "{'client_id':'"
                    + client
                    + "','audience':'"
                    + api
                    + "','scope':[],'organization_usage':'allow'}")
            .body()
            .path("id")
            .asText();
    String path = organization + "/client-grants";

    Response added = admin.post(path, "{'grant_id':'" + grant + "'}");

    assertThat(added.status()).as(added.body().toString()).isEqualTo(201);
    assertThat(added.body().path("id").asText()).isEqualTo(grant);
    assertThat(admin.post(path, "{'grant_id':'" + grant + "'}").status()).isEqualTo(409);
    assertThat(admin.post(path, "{'grant_id':'cgr_0000000000000000'}").status()).isEqualTo(404);
    JsonNode listed = admin.get(path + "?include_totals=true&client_id=" + client).body();
    assertThat(listed.path("total").asInt()).isEqualTo(1);
    assertThat(listed.at("/client_grants/0/audience").asText()).isEqualTo(api);
    assertThat(admin.get(path + "?client_id=other").body()).isEmpty();
    assertThat(admin.get(path + "?grant_ids=" + grant).body()).hasSize(1);
    assertThat(admin.get(path + "?grant_ids=other").body()).isEmpty();
    assertThat(admin.delete(path + "/" + grant).status()).isEqualTo(204);
    assertThat(admin.get(path).body()).isEmpty();
  }
}
