package dev.cambio.management;

import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Roles, contract management-api §2.8")
class RolesIT {
  private final Administrator admin = Administrator.quickstart();
  private final String name = unique("Role");

  private Response create(String roleName) {
    return admin.post("/roles", "{'name':'" + roleName + "','description':'What it is for'}");
  }

  private String created() {
    return "/roles/" + create(name).body().path("id").asText();
  }

  @Test
  @DisplayName(
      "§2.8, §4.6 create answers 200 with id, name, description and type, and get finds it")
  void creates() {
    Response created = create(name);

    assertThat(created.status()).isEqualTo(200);
    assertThat(created.body().path("id").asText()).matches("rol_[A-Za-z0-9]{16}");
    assertThat(created.body().path("name").asText()).isEqualTo(name);
    assertThat(created.body().path("description").asText()).isEqualTo("What it is for");
    assertThat(created.body().path("type").asText()).isEqualTo("tenant");
    assertThat(admin.get("/roles/" + created.body().path("id").asText()).body())
        .isEqualTo(created.body());
  }

  @Test
  @DisplayName("§2.8 a name that is taken is refused with 409, by create and by change")
  void refusesDuplicates() {
    created();
    String other = "/roles/" + create(unique("Other")).body().path("id").asText();

    Response second = create(name);
    Response renamed = admin.patch(other, "{'name':'" + name + "'}");

    for (Response refused : List.of(second, renamed)) {
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.errorCode()).isEqualTo("role_conflict");
      assertThat(refused.message()).isEqualTo("The role already exists.");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|'Missing required property: name'.",
        "{'name':'a','x':1}|'Additional properties not allowed: x'.",
        "{'name':7}|'Expected type string but found type integer' on property name.",
        "{'name':'a','description':[]}|'Expected type string, null but found type array' on"
            + " property description.",
        "{'name':''}|'String is too short (0 chars), minimum 1' on property name.",
      })
  @DisplayName("§1.2 a body that breaks its schema is refused with 400 and the property's name")
  void refusesInvalidBodies(String body, String detail) {
    Response refused = admin.post("/roles", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("invalid_body");
    assertThat(refused.message()).isEqualTo("Payload validation error: " + detail);
  }

  @Test
  @DisplayName("§1.2 a name of 51 and a description of 256 characters are refused by name")
  void refusesOverlong() {
    assertThat(create("n".repeat(51)).message()).contains("on property name.");
    assertThat(
            admin.post("/roles", "{'name':'a','description':'" + "d".repeat(256) + "'}").message())
        .contains("on property description.");
  }

  @Test
  @DisplayName("§2.8 a change answers 200 and touches what it names")
  void patches() {
    String path = created();

    Response patched = admin.patch(path, "{'description':'Other'}");
    Response cleared = admin.patch(path, "{'description':null}");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.body().path("name").asText()).isEqualTo(name);
    assertThat(patched.body().path("description").asText()).isEqualTo("Other");
    assertThat(cleared.body().has("description")).isFalse();
    assertThat(admin.get(path).body()).isEqualTo(cleared.body());
  }

  @Test
  @DisplayName("§2.8 delete answers 200 without a body, also when there is nothing left")
  void deletes() {
    String path = created();

    Response deleted = admin.delete(path);

    assertThat(deleted.status()).isEqualTo(200);
    assertThat(deleted.body().isMissingNode()).isTrue();
    assertThat(admin.delete(path).status()).isEqualTo(200);
    Response gone = admin.get(path);
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.message()).isEqualTo("Role not found.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/permissions", "/users"})
  @DisplayName("§2.8 an unknown role is not found, and its parts neither")
  void findsNoUnknownRole(String part) {
    Response missing = admin.get("/roles/rol_0000000000000000" + part);

    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.errorCode()).isEqualTo("inexistent_role");
  }

  @Test
  @DisplayName("§2.8 name_filter finds a part of the name in any case, and means it literally")
  void filters() {
    created();
    String part = name.substring(2).toUpperCase(Locale.ROOT);

    assertThat(admin.get("/roles?name_filter=" + part).body().findValuesAsText("name"))
        .containsExactly(name);
    assertThat(admin.get("/roles?name_filter=%25&type=tenant").body()).isEmpty();
    assertThat(admin.get("/roles?name_filter=%27%20or%20true--").body()).isEmpty();
  }

  @Test
  @DisplayName("§1.3 pages with totals show every role once, and end with an empty page")
  void pages() {
    String prefix = unique("page");
    for (int i = 0; i < 5; i++) {
      create(prefix + "-" + i);
    }
    List<String> seen = new ArrayList<>();
    for (int page = 0; page < 3; page++) {
      Response answer =
          admin.get(
              "/roles?per_page=2&include_totals=true&type=tenant&name_filter="
                  + prefix
                  + "&page="
                  + page);
      assertThat(answer.body().path("total").asInt()).isEqualTo(5);
      assertThat(answer.body().path("start").asInt()).isEqualTo(2 * page);
      assertThat(answer.body().path("limit").asInt()).isEqualTo(2);
      seen.addAll(answer.body().path("roles").findValuesAsText("name"));
    }

    assertThat(seen)
        .containsExactly(prefix + "-0", prefix + "-1", prefix + "-2", prefix + "-3", prefix + "-4");
    Response past = admin.get("/roles?per_page=2&include_totals=true&page=1000");
    assertThat(past.status()).isEqualTo(200);
    assertThat(past.body().path("roles").isArray()).isTrue();
    assertThat(past.body().path("roles")).isEmpty();
  }

  @Test
  @DisplayName("§1.2 names that look like SQL or markup are text or refused, never run")
  void keepsInjectionsInert() {
    String hostile = unique("x'); drop table role; --");

    Response created =
        admin.post("/roles", JsonNodeFactory.instance.objectNode().put("name", hostile));

    assertThat(created.status()).isEqualTo(200);
    assertThat(admin.get("/roles/" + created.body().path("id").asText()).body().path("name"))
        .isEqualTo(created.body().path("name"));
    assertThat(admin.post("/roles", "{'name':'<script>'}").status()).isEqualTo(400);
  }

  @Test
  @DisplayName("§2.8, §4.6 the type that is shown may be sent back, and there is no other")
  void takesTheTypeBack() {
    String path = created();

    assertThat(admin.patch(path, "{'name':'" + name + "','type':'tenant'}").body())
        .isEqualTo(admin.get(path).body());
    assertThat(admin.patch(path, "{'type':'organization'}").message())
        .endsWith("on property type.");
    assertThat(admin.get("/roles?type=organization&owner_id=org_x").body()).isEmpty();
  }
}
