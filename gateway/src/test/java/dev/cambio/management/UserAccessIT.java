package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.management.Administrator.Response;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What a user may do, contract management-api §2.7")
class UserAccessIT {
  private final Administrator admin = Administrator.quickstart();
  private final String api = "https://" + unique("api") + ".example/";
  private final String roleName = unique("r");
  private String role = "";
  private String user = "";

  @BeforeEach
  void create() {
    admin.post(
        "/resource-servers",
        "{'identifier':'"
            + api
            + "','scopes':[{'value':'read:x','description':'Read'},{'value':'write:x'}]}");
    role = admin.post("/roles", "{'name':'" + roleName + "'}").body().path("id").asText();
    user =
        "/users/"
            + segment(
                admin
                    .post(
                        "/users",
                        "{'connection':'Username-Password-Authentication','email':'"
                            + unique("u")
                            + "@acme.example'}")
                    .body()
                    .path("user_id")
                    .asText());
  }

  private String permission(String name) {
    return "{'permissions':[{'resource_server_identifier':'"
        + api
        + "','permission_name':'"
        + name
        + "'}]}";
  }

  @Test
  @DisplayName("§2.7 roles are given and taken with 204, and listed with totals")
  void roles() {
    Response given = admin.post(user + "/roles", "{'roles':['" + role + "']}");
    Response again = admin.post(user + "/roles", "{'roles':['" + role + "']}");

    assertThat(given.status()).isEqualTo(204);
    assertThat(again.status()).isEqualTo(204);
    JsonNode listed = admin.get(user + "/roles?page=0&per_page=50&include_totals=true").body();
    assertThat(listed.path("total").asInt()).isEqualTo(1);
    assertThat(listed.at("/roles/0/id").asText()).isEqualTo(role);
    assertThat(listed.at("/roles/0/name").asText()).isEqualTo(roleName);

    assertThat(admin.delete(user + "/roles", "{'roles':['" + role + "']}").status()).isEqualTo(204);
    assertThat(admin.get(user + "/roles").body()).isEmpty();
  }

  @Test
  @DisplayName("§2.7 an unknown role is refused with 404, and no other role is given")
  void refusesUnknownRoles() {
    Response refused =
        admin.post(user + "/roles", "{'roles':['" + role + "','rol_0000000000000000']}");

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.message()).isEqualTo("Role not found.");
    assertThat(admin.get(user + "/roles").body()).isEmpty();
  }

  @Test
  @DisplayName("§2.7 permissions are added with 201 and removed with 204, both empty")
  void permissions() {
    Response added = admin.post(user + "/permissions", permission("read:x"));

    assertThat(added.status()).isEqualTo(201);
    assertThat(added.body().isMissingNode()).isTrue();
    JsonNode item = admin.get(user + "/permissions").body().get(0);
    assertThat(item.path("resource_server_identifier").asText()).isEqualTo(api);
    assertThat(item.path("resource_server_name").asText()).isEqualTo(api);
    assertThat(item.path("permission_name").asText()).isEqualTo("read:x");
    assertThat(item.path("description").asText()).isEqualTo("Read");
    assertThat(item.path("sources").findValuesAsText("source_type")).containsExactly("DIRECT");

    assertThat(admin.delete(user + "/permissions", permission("read:x")).status()).isEqualTo(204);
    assertThat(admin.get(user + "/permissions").body()).isEmpty();
  }

  @Test
  @DisplayName("§2.7 a permission held in two ways is listed once, with both of its sources")
  void sources() {
    admin.post(user + "/roles", "{'roles':['" + role + "']}");
    admin.post("/roles/" + role + "/permissions", permission("read:x"));
    admin.post(user + "/permissions", permission("read:x"));

    JsonNode listed = admin.get(user + "/permissions?include_totals=true").body();

    assertThat(listed.path("total").asInt()).isEqualTo(1);
    JsonNode sources = listed.at("/permissions/0/sources");
    assertThat(sources.findValuesAsText("source_type")).containsExactlyInAnyOrder("DIRECT", "ROLE");
    assertThat(sources.findValuesAsText("source_id")).contains(role);
    assertThat(sources.findValuesAsText("source_name")).contains(roleName);

    admin.delete(user + "/permissions", permission("read:x"));
    assertThat(admin.get(user + "/permissions").body().findValuesAsText("source_type"))
        .containsExactly("ROLE");
  }

  @Test
  @DisplayName("§2.7 an unknown API or scope is refused with 400 by name")
  void refusesUnknownScopes() {
    Response refused = admin.post(user + "/permissions", permission("no:such"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).contains("no:such").contains(api);
  }

  @ParameterizedTest
  @CsvSource({"GET,roles", "GET,permissions", "GET,organizations", "POST,roles", "DELETE,roles"})
  @DisplayName("§2.7 an unknown user is not found")
  void findsNoUnknownUser(String method, String part) {
    Response missing =
        admin.call(
            method,
            "/users/auth0%7Cnobody/" + part,
            method.equals("GET")
                ? Optional.empty()
                : Optional.of("{\"roles\":[\"" + role + "\"]}"));

    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.message()).isEqualTo("The user does not exist.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'roles':[]}|roles.",
        "{'roles':['']}|roles[0].",
        "{'roles':[7]}|roles[0].",
        "{'roles':['rol_x'],'x':1}|'Additional properties not allowed: x'.",
      })
  @DisplayName("§1.2 a body that breaks its schema is refused with 400 and the property's name")
  void refusesInvalidBodies(String body, String detail) {
    Response refused = admin.post(user + "/roles", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).endsWith(detail);
  }

  @Test
  @DisplayName("§2.7 the organizations of a user are listed, with totals if asked for")
  void organizations() {
    String organization =
        admin.post("/organizations", "{'name':'" + unique("o") + "'}").body().path("id").asText();
    String id = admin.get(user).body().path("user_id").asText();
    admin.post("/organizations/" + organization + "/members", "{'members':['" + id + "']}");

    assertThat(admin.get(user + "/organizations").body().findValuesAsText("id"))
        .containsExactly(organization);
    assertThat(admin.get(user + "/organizations?include_totals=true").body().path("total").asInt())
        .isEqualTo(1);
  }
}
