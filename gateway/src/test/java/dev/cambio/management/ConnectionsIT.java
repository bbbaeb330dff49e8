package dev.cambio.management;

import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Connections, contract management-api §2.6")
class ConnectionsIT {
  private final Administrator admin = Administrator.quickstart();
  private final String name = unique("con");

  private JsonNode create(String more) {
    Response created =
        admin.post("/connections", "{'name':'" + name + "','strategy':'auth0'" + more + "}");
    assertThat(created.status()).as(created.message()).isEqualTo(201);
    return created.body();
  }

  private String path(String more) {
    return "/connections/" + create(more).path("id").asText();
  }

  private String client() {
    return admin
        .post("/clients", "{'name':'" + unique("client") + "'}")
        .body()
        .path("client_id")
        .asText();
  }

  @Test
  @DisplayName("§2.6 create answers 201 with what was given and a con_ id")
  void creates() {
    JsonNode created = create(",'options':{'import_mode':false,'x':[1]},'metadata':{'a':'b'}");

    assertThat(created.path("id").asText()).matches("con_[A-Za-z0-9]{16}");
    assertThat(created.path("name").asText()).isEqualTo(name);
    assertThat(created.path("strategy").asText()).isEqualTo("auth0");
    assertThat(created.path("options").toString()).isEqualTo("{\"x\":[1],\"import_mode\":false}");
    assertThat(created.path("realms").toString()).isEqualTo("[\"" + name + "\"]");
    assertThat(created.path("enabled_clients").isArray()).isTrue();
    assertThat(admin.get("/connections/" + created.path("id").asText()).body()).isEqualTo(created);
  }

  @Test
  @DisplayName("§2.6 a second connection of the same name is refused with 409")
  void refusesDuplicates() {
    create("");

    Response second = admin.post("/connections", "{'name':'" + name + "','strategy':'oidc'}");

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.message()).isEqualTo("A connection with the same name already exists");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'strategy':'auth0'}|'Missing required property: name'.",
        "{'name':'a'}|'Missing required property: strategy'.",
        "{'name':'-a','strategy':'auth0'}|'String does not match pattern:"
            + " ^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$' on property name.",
        "{'name':'a','strategy':'auth0','x':1}|'Additional properties not allowed: x'.",
        "{'name':'a','strategy':'auth0','options':7}|'Expected type object, null but found type"
            + " integer' on property options.",
        "{'name':'a','strategy':'auth0','metadata':{'k':7}}|'Expected type string, null but found"
            + " type integer' on property metadata.k.",
      })
  @DisplayName("§1.2 a body that breaks the rules is refused with 400 and the property's name")
  void refusesInvalidBodies(String body, String detail) {
    Response refused = admin.post("/connections", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("invalid_body");
    assertThat(refused.message()).isEqualTo("Payload validation error: " + detail);
  }

  @Test
  @DisplayName("§1.2 too long names, texts and too many metadata are refused")
  void refusesExcess() {
    String path = path("");
    String metadata = "";
    for (int i = 0; i < 11; i++) {
      metadata += (i == 0 ? "" : ",") + "'k" + i + "':'v'";
    }

    assertThat(
            admin
                .post("/connections", "{'strategy':'auth0','name':'" + "a".repeat(129) + "'}")
                .message())
        .isEqualTo(
            "Payload validation error: 'String is too long (129 chars), maximum 128' on property"
                + " name.");
    assertThat(admin.patch(path, "{'display_name':'" + "a".repeat(129) + "'}").message())
        .contains("display_name");
    assertThat(admin.patch(path, "{'metadata':{" + metadata + "}}").message())
        .contains("on property metadata");
    assertThat(admin.patch(path, "{'metadata':{'k':'" + "v".repeat(256) + "'}}").message())
        .contains("on property metadata.k");
  }

  @Test
  @DisplayName(
      "§2.6 a change replaces options as a whole and leaves the rest; name and strategy stay")
  void patches() {
    String path = path(",'options':{'a':1},'display_name':'One'");

    Response patched = admin.patch(path, "{'options':{'b':2}}");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.body().path("options").toString()).isEqualTo("{\"b\":2}");
    assertThat(patched.body().path("display_name").asText()).isEqualTo("One");
    assertThat(admin.patch(path, "{'name':'x'}").message())
        .isEqualTo("Payload validation error: 'Additional properties not allowed: name'.");
    assertThat(admin.patch(path, "{'strategy':'oidc'}").status()).isEqualTo(400);
    assertThat(admin.patch(path, "{'metadata':{'k':null}}").body().path("metadata")).isEmpty();
    assertThat(admin.patch("/connections/con_unknown", "{'options':{}}").errorCode())
        .isEqualTo("inexistent_connection");
  }

  @Test
  @DisplayName("§2.6 a change to what is stored leaves updated_at alone")
  void keepsUpdatedAt() {
    JsonNode created = create(",'options':{'a':1},'enabled_clients':['quickstart-admin']");
    String path = "/connections/" + created.path("id").asText();
    String sql = "select updated_at::text from connection where name = ?";
    List<String> before = TestNode.shared().column(sql, name);

    ObjectNode shown = created.deepCopy();
    Response same = admin.patch(path, shown.without(List.of("id", "name", "strategy")));

    assertThat(same.body()).isEqualTo(created);
    assertThat(TestNode.shared().column(sql, name)).isEqualTo(before);
    admin.patch(path, "{'options':{'a':2}}");
    assertThat(TestNode.shared().column(sql, name)).isNotEqualTo(before);
  }

  @Test
  @DisplayName("§2.6 administrators who change different fields at once lose nothing")
  void mergesConcurrentChanges() throws Exception {
    String path = path("");
    List<String> bodies =
        List.of(
            "{'display_name':'Shown'}",
            "{'options':{'a':1}}",
            "{'metadata':{'m':'1'}}",
            "{'show_as_button':true}",
            "{'realms':['r']}");
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Response>> answers = new ArrayList<>();
      for (String body : bodies) {
        answers.add(callers.submit(() -> admin.patch(path, body)));
      }
      for (Future<Response> answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
    }

    JsonNode merged = admin.get(path).body();
    assertThat(merged.path("display_name").asText()).isEqualTo("Shown");
    assertThat(merged.at("/options/a").asInt()).isEqualTo(1);
    assertThat(merged.at("/metadata/m").asText()).isEqualTo("1");
    assertThat(merged.path("show_as_button").asBoolean()).isTrue();
    assertThat(merged.at("/realms/0").asText()).isEqualTo("r");
  }

  @Test
  @DisplayName(
      "§2.6, §4.6 lists filter by name and strategy, show enabled clients, and choose fields")
  void lists() {
    create(",'enabled_clients':['quickstart-admin']");

    JsonNode listed =
        admin
            .get("/connections?include_totals=true&take=1&include_fields=true&name=" + name)
            .body();
    JsonNode fields =
        admin.get("/connections?strategy=oidc&strategy=auth0&name=" + name + "&fields=name").body();

    assertThat(listed.path("connections")).hasSize(1);
    assertThat(listed.at("/connections/0/enabled_clients/0").asText())
        .isEqualTo("quickstart-admin");
    assertThat(listed.has("next")).isFalse();
    assertThat(fields.toString()).isEqualTo("[{\"name\":\"" + name + "\"}]");
    assertThat(admin.get("/connections?strategy=oidc&name=" + name).body()).isEmpty();
    assertThat(
            admin.get("/connections?include_totals=true&name=" + name).body().path("total").asInt())
        .isEqualTo(1);
  }

  @Test
  @DisplayName("§1.3 a cursor leads through all connections once")
  void pagesByCursor() {
    for (int i = 0; i < 3; i++) {
      admin.post("/connections", "{'name':'" + name + i + "','strategy':'oidc'}");
    }
    List<String> seen = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = admin.get("/connections?strategy=oidc&take=1" + next).body();
      page.path("connections").forEach(found -> seen.add(found.path("name").asText()));
      next = page.has("next") ? "&from=" + page.path("next").asText() : "";
    } while (!next.isEmpty());

    assertThat(seen).doesNotHaveDuplicates().contains(name + "0", name + "1", name + "2");
  }

  @Test
  @DisplayName("§2.6 clients are enabled and disabled by an array, 204, and listed by cursor")
  void enablesClients() {
    String path = path("");
    String one = client();
    String two = client();

    Response both =
        admin.patch(
            path + "/clients",
            "[{'client_id':'%s','status':true},{'client_id':'%s','status':true}]"
                .formatted(one, two));
    JsonNode first = admin.get(path + "/clients?take=1").body();
    JsonNode second =
        admin.get(path + "/clients?take=1&from=" + first.path("next").asText()).body();
    admin.patch(path + "/clients", "[{'client_id':'" + one + "','status':false}]");

    assertThat(both.status()).isEqualTo(204);
    assertThat(first.at("/clients/0/client_id").asText()).isEqualTo(one);
    assertThat(second.at("/clients/0/client_id").asText()).isEqualTo(two);
    assertThat(second.has("next")).isFalse();
    assertThat(admin.get(path + "/clients?take=1000").body().toString())
        .isEqualTo("{\"clients\":[{\"client_id\":\"" + two + "\"}]}");
  }

  @Test
  @DisplayName("§2.6 an unknown client is refused by name, and nothing is half done")
  void refusesUnknownClients() {
    String path = path("");
    String known = client();

    Response refused =
        admin.patch(
            path + "/clients",
            "[{'client_id':'" + known + "','status':true},{'client_id':'ghost','status':true}]");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).isEqualTo("The client 'ghost' does not exist.");
    assertThat(admin.get(path + "/clients").body().path("clients")).isEmpty();
    assertThat(admin.patch(path + "/clients", "[]").status()).isEqualTo(400);
    assertThat(admin.get("/connections/con_unknown/clients").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.6 delete answers 202 with the date, and 204 when it is gone")
  void deletes() {
    String path = path("");

    Response deleted = admin.delete(path);

    assertThat(deleted.status()).isEqualTo(202);
    assertThat(deleted.body().path("deleted_at").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(admin.delete(path).status()).isEqualTo(204);
    assertThat(admin.get(path).status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.6 there are no SCIM configurations (404) and no directory provisionings")
  void hasNoProvisioning() {
    assertThat(admin.get(path("") + "/scim-configuration").status()).isEqualTo(404);
    assertThat(admin.get("/connections-directory-provisionings?take=50").body().toString())
        .isEqualTo("{\"directory_provisionings\":[]}");
  }
}
