package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What roles permit and who has them, contract management-api §2.8")
class PermissionsIT {
  private final Administrator admin = Administrator.quickstart();
  private final String api = "https://" + unique("api") + ".example/";
  private String apiPath = "";
  private String role = "";

  @BeforeEach
  void create() {
    Response created =
        admin.post(
            "/resource-servers",
            "{'identifier':'"
                + api
                + "','name':'Orders','scopes':["
                + "{'value':'read:x','description':'Read'},{'value':'write:x'}]}");
    apiPath = "/resource-servers/" + created.body().path("id").asText();
    role =
        "/roles/"
            + admin.post("/roles", "{'name':'" + unique("r") + "'}").body().path("id").asText();
  }

  private String permissions(String... names) {
    return permissionsOf(api, names);
  }

  private static String permissionsOf(String identifier, String... names) {
    List<String> items =
        List.of(names).stream()
            .map(
                name ->
                    "{'resource_server_identifier':'"
                        + identifier
                        + "','permission_name':'"
                        + name
                        + "'}")
            .toList();
    return "{'permissions':[" + String.join(",", items) + "]}";
  }

  private List<String> held() {
    return admin.get(role + "/permissions").body().findValuesAsText("permission_name");
  }

  private String user() {
    return admin
        .post(
            "/users",
            "{'connection':'Username-Password-Authentication','email':'"
                + unique("u")
                + "@acme.example'}")
        .body()
        .path("user_id")
        .asText();
  }

  @Test
  @DisplayName("§2.8 permissions are added with 201 and removed by a body with 200, both empty")
  void addsAndRemoves() {
    Response added = admin.post(role + "/permissions", permissions("read:x", "write:x"));
    Response again = admin.post(role + "/permissions", permissions("read:x"));

    assertThat(added.status()).isEqualTo(201);
    assertThat(added.body().isMissingNode()).isTrue();
    assertThat(again.status()).isEqualTo(201);
    assertThat(held()).containsExactlyInAnyOrder("read:x", "write:x");

    Response removed = admin.delete(role + "/permissions", permissions("read:x"));

    assertThat(removed.status()).isEqualTo(200);
    assertThat(removed.body().isMissingNode()).isTrue();
    assertThat(held()).containsExactly("write:x");
  }

  @Test
  @DisplayName("§2.8 listed permissions carry API and description, with totals if asked for")
  void lists() {
    admin.post(role + "/permissions", permissions("read:x", "write:x"));

    JsonNode totals = admin.get(role + "/permissions?per_page=1&page=0&include_totals=true").body();
    assertThat(totals.path("total").asInt()).isEqualTo(2);
    assertThat(totals.path("permissions")).hasSize(1);
    JsonNode first = totals.path("permissions").get(0);
    assertThat(first.path("permission_name").asText()).isEqualTo("read:x");
    assertThat(first.path("description").asText()).isEqualTo("Read");
    assertThat(first.path("resource_server_identifier").asText()).isEqualTo(api);
    assertThat(first.path("resource_server_name").asText()).isEqualTo("Orders");
  }

  @Test
  @DisplayName("§2.8 an unknown API or scope is refused with 400 by name, and nothing is half done")
  void refusesUnknown() {
    Response scope = admin.post(role + "/permissions", permissions("read:x", "no:such"));
    Response server =
        admin.post(role + "/permissions", permissionsOf("https://nowhere/", "read:x"));

    assertThat(scope.status()).isEqualTo(400);
    assertThat(scope.message()).contains("no:such").contains(api);
    assertThat(server.status()).isEqualTo(400);
    assertThat(server.message()).contains("https://nowhere/");
    assertThat(held()).isEmpty();
  }

  @Test
  @DisplayName("§1.2 a body without permissions, or with an unknown field, is refused by name")
  void refusesInvalidBodies() {
    assertThat(admin.post(role + "/permissions", "{'permissions':[]}").status()).isEqualTo(400);
    assertThat(admin.delete(role + "/permissions").message())
        .isEqualTo("Payload validation error: 'Missing request body'.");
    assertThat(
            admin
                .post(
                    role + "/permissions",
                    "{'permissions':[{'resource_server_identifier':'a','permission_name':'b',"
                        + "'sources':[]}]}")
                .message())
        .isEqualTo(
            "Payload validation error: 'Additional properties not allowed: sources' on property"
                + " permissions[0].");
  }

  @Test
  @DisplayName("§2.8 a scope that its API loses permits nothing, not even when it comes back")
  void losesPermissionsWithTheScope() {
    admin.post(role + "/permissions", permissions("read:x", "write:x"));

    admin.patch(apiPath, "{'name':'Renamed'}");
    assertThat(held()).containsExactlyInAnyOrder("read:x", "write:x");
    admin.patch(apiPath, "{'scopes':[{'value':'read:x'}]}");
    assertThat(held()).containsExactly("read:x");
    admin.patch(apiPath, "{'scopes':[{'value':'read:x'},{'value':'write:x'}]}");
    assertThat(held()).containsExactly("read:x");
  }

  @Test
  @DisplayName("§2.8 with their API all its permissions go")
  void losesPermissionsWithTheApi() {
    admin.post(role + "/permissions", permissions("read:x"));

    assertThat(admin.delete(apiPath).status()).isEqualTo(204);

    assertThat(held()).isEmpty();
    assertThat(admin.get("/resource-servers/" + segment(api)).status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.8 users are given a role with 200, and are listed by page and by cursor")
  void givesToUsers() {
    String one = user();
    String two = user();

    Response given = admin.post(role + "/users", "{'users':['" + one + "','" + two + "']}");

    assertThat(given.status()).isEqualTo(200);
    assertThat(given.body().isMissingNode()).isTrue();
    assertThat(admin.get(role + "/users").body().findValuesAsText("user_id"))
        .containsExactlyInAnyOrder(one, two);
    JsonNode first = admin.get(role + "/users?take=1&include_totals=true").body();
    assertThat(first.has("total")).isFalse();
    JsonNode second =
        admin.get(role + "/users?take=1&from=" + segment(first.path("next").asText())).body();
    assertThat(
            List.of(first.at("/users/0/user_id").asText(), second.at("/users/0/user_id").asText()))
        .containsExactlyInAnyOrder(one, two);
    assertThat(second.has("next")).isFalse();
  }

  @Test
  @DisplayName("§2.8 an unknown user is refused with 404, and no other is given the role")
  void refusesUnknownUsers() {
    Response refused = admin.post(role + "/users", "{'users':['" + user() + "','auth0|nobody']}");

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.message()).isEqualTo("The user does not exist.");
    assertThat(admin.get(role + "/users").body()).isEmpty();
  }

  @Test
  @DisplayName("§1.1, §2.8 the Management API is named and shown as the caller knows it")
  void permitsTheSystemApi() {
    String audience = TestNode.shared().quickstart() + "api/v2/";

    admin.post(role + "/permissions", permissionsOf(audience, "read:users"));

    assertThat(
            admin.get(role + "/permissions").body().findValuesAsText("resource_server_identifier"))
        .containsExactly(audience);
  }
}
