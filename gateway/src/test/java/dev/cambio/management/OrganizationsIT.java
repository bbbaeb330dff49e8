package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Organizations, contract management-api §2.9")
class OrganizationsIT {
  private final Administrator admin = Administrator.quickstart();
  private final String name = unique("org");

  private Response create(String more) {
    return admin.post("/organizations", "{'name':'" + name + "'" + more + "}");
  }

  private String created(String more) {
    Response created = create(more);
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    return "/organizations/" + created.body().path("id").asText();
  }

  @Test
  @DisplayName("§2.9, §4.6 create answers 201; the organization is found by id and by name")
  void creates() {
    Response created =
        create(
            ",'display_name':'Acme','metadata':{'a':'b'},"
                + "'branding':{'colors':{'primary':'#000000','page_background':'#ffffff'}}");

    assertThat(created.status()).isEqualTo(201);
    JsonNode body = created.body();
    assertThat(body.path("id").asText()).matches("org_[A-Za-z0-9]{16}");
    assertThat(body.path("name").asText()).isEqualTo(name);
    assertThat(body.path("display_name").asText()).isEqualTo("Acme");
    assertThat(body.at("/metadata/a").asText()).isEqualTo("b");
    assertThat(body.at("/branding/colors/primary").asText()).isEqualTo("#000000");
    assertThat(body.path("third_party_client_access").asText()).isIn("block", "allow");
    assertThat(body.path("is_app_entitlement_active").isBoolean()).isTrue();
    assertThat(admin.get("/organizations/" + body.path("id").asText()).body()).isEqualTo(body);
    assertThat(admin.get("/organizations/name/" + name).body()).isEqualTo(body);
  }

  @Test
  @DisplayName("§2.9 what is not given is absent rather than null")
  void showsNoNulls() {
    JsonNode body = create(",'branding':null,'metadata':null").body();

    assertThat(body.has("branding")).isFalse();
    assertThat(body.has("metadata")).isFalse();
  }

  @Test
  @DisplayName("§2.9 a name that is taken is refused with 409, by create and by change")
  void refusesDuplicates() {
    created("");
    String other =
        admin.post("/organizations", "{'name':'" + unique("o") + "'}").body().path("id").asText();

    Response second = create("");
    Response renamed = admin.patch("/organizations/" + other, "{'name':'" + name + "'}");

    for (Response refused : List.of(second, renamed)) {
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.errorCode()).isEqualTo("organization_conflict");
      assertThat(refused.message()).isEqualTo("An organization with this name already exists.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Upper", "-lead", "_lead", "org_x", "a b", "a.b", "é", "a'--"})
  @DisplayName("§2.9 names that break the rules are refused with 400 and the property's name")
  void refusesNames(String bad) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", bad);

    Response refused = admin.post("/organizations", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).endsWith("on property name.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'x':1|'Additional properties not allowed: x'.",
        "'display_name':''|on property display_name.",
        "'display_name':7|on property display_name.",
        "'metadata':{'a':7}|on property metadata.a.",
        "'branding':{'x':1}|'Additional properties not allowed: x' on property branding.",
        "'branding':{'colors':{'primary':'#000'}}|on property branding.colors.",
        "'third_party_client_access':'deny'|on property third_party_client_access.",
        "'enabled_connections':[{'connection_id':'x'}]|"
            + "on property enabled_connections[0].connection_id.",
      })
  @DisplayName("§1.2 a body that breaks its schema is refused with 400 and the property's name")
  void refusesInvalidBodies(String member, String detail) {
    Response refused = create("," + member);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("invalid_body");
    assertThat(refused.message()).startsWith("Payload validation error: ").endsWith(detail);
  }

  @Test
  @DisplayName("§2.9 limits: 50 for the name, 255 for the display name, 25 metadata of 255")
  void refusesOverlong() {
    ObjectNode many = JsonNodeFactory.instance.objectNode().put("name", name);
    for (int i = 0; i < 26; i++) {
      many.withObject("/metadata").put("k" + i, "v");
    }
    assertThat(admin.post("/organizations", many).message()).endsWith("on property metadata.");
    assertThat(create(",'metadata':{'a':'" + "v".repeat(256) + "'}").message())
        .endsWith("on property metadata.a.");
    assertThat(create(",'display_name':'" + "d".repeat(256) + "'").message())
        .endsWith("on property display_name.");
    assertThat(admin.post("/organizations", "{'name':'" + "n".repeat(51) + "'}").message())
        .endsWith("on property name.");
    many.withObject("/metadata").remove("k0");
    assertThat(admin.post("/organizations", many).status()).isEqualTo(201);
  }

  @Test
  @DisplayName("§2.9 a change answers 200, touches what it names, and knows no enabled_connections")
  void patches() {
    String path = created(",'display_name':'Acme','metadata':{'a':'b'}");

    Response patched = admin.patch(path, "{'display_name':'Other'}");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.body().path("display_name").asText()).isEqualTo("Other");
    assertThat(patched.body().at("/metadata/a").asText()).isEqualTo("b");
    assertThat(admin.get(path).body()).isEqualTo(patched.body());
    assertThat(admin.patch(path, "{'enabled_connections':[]}").message())
        .isEqualTo(
            "Payload validation error: 'Additional properties not allowed: enabled_connections'.");
  }

  @Test
  @DisplayName("§3.2 sending back what is stored changes nothing")
  void keepsUnchanged() {
    String path = created(",'display_name':'Acme','metadata':{'a':'b'}");
    String dates = "select updated_at::text from organization where name = ?";
    List<String> before = TestNode.shared().column(dates, name);
    ObjectNode body = admin.get(path).body().deepCopy();
    body.remove("id");

    Response again = admin.patch(path, body);

    assertThat(again.status()).as(again.body().toString()).isEqualTo(200);
    assertThat(TestNode.shared().column(dates, name)).isEqualTo(before);
  }

  @Test
  @DisplayName("§2.9 delete answers 204, also when there is nothing left")
  void deletes() {
    String path = created("");

    assertThat(admin.delete(path).status()).isEqualTo(204);
    assertThat(admin.delete(path).status()).isEqualTo(204);
    assertThat(admin.get(path).status()).isEqualTo(404);
    assertThat(admin.get("/organizations/name/" + name).errorCode())
        .isEqualTo("inexistent_organization");
  }

  @Test
  @DisplayName("§1.3 a cursor leads through all organizations once")
  void listsByCursor() {
    List<String> mine = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      mine.add(
          admin.post("/organizations", "{'name':'" + name + i + "'}").body().path("id").asText());
    }
    List<String> seen = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = admin.get("/organizations?include_totals=true&take=2" + next).body();
      assertThat(page.has("total")).isFalse();
      seen.addAll(page.path("organizations").findValuesAsText("id"));
      next = page.has("next") ? "&from=" + segment(page.path("next").asText()) : "";
    } while (!next.isEmpty());

    assertThat(seen).containsAll(mine).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("§2.9 lists by page are sorted as asked for, and by nothing else")
  void sorts() {
    created("");

    List<String> sorted =
        admin.get("/organizations?sort=name:-1&per_page=100").body().findValuesAsText("name");

    assertThat(sorted).isNotEmpty();
    assertThat(admin.get("/organizations?sort=name:1&per_page=100").body().findValuesAsText("name"))
        .containsExactlyElementsOf(sorted.reversed());
    assertThat(admin.get("/organizations?sort=id;drop:1").status()).isEqualTo(400);
  }

  @Test
  @DisplayName("§2.9 there are no discovery domains, and clients are not found")
  void hasNoDomains() {
    String path = created("");

    JsonNode domains = admin.get(path + "/discovery-domains?take=50").body();
    assertThat(domains.path("domains").isArray()).isTrue();
    assertThat(domains.path("domains")).isEmpty();
    assertThat(admin.get(path + "/clients?take=50").status()).isEqualTo(404);
  }
}
