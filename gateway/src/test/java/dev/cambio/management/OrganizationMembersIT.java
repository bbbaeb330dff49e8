package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Members of an organization, contract management-api §2.9")
class OrganizationMembersIT {
  private final Administrator admin = Administrator.quickstart();
  private String members = "";
  private String user = "";

  @BeforeEach
  void create() {
    members =
        "/organizations/"
            + admin
                .post("/organizations", "{'name':'" + unique("o") + "'}")
                .body()
                .path("id")
                .asText()
            + "/members";
    user = user();
  }

  private String user() {
    return admin
        .post(
            "/users",
            "{'connection':'Username-Password-Authentication','name':'Jo','email':'"
                + unique("u")
                + "@acme.example'}")
        .body()
        .path("user_id")
        .asText();
  }

  private static String body(String... users) {
    return "{'members':['" + String.join("','", users) + "']}";
  }

  private String role() {
    return admin.post("/roles", "{'name':'" + unique("r") + "'}").body().path("id").asText();
  }

  @Test
  @DisplayName("§2.9 are added with 204, also twice, listed with e-mail and name, removed with 204")
  void addsAndRemoves() {
    assertThat(admin.post(members, body(user)).status()).isEqualTo(204);
    assertThat(admin.post(members, body(user)).status()).isEqualTo(204);

    JsonNode listed = admin.get(members).body();
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).path("user_id").asText()).isEqualTo(user);
    assertThat(listed.get(0).path("email").asText()).endsWith("@acme.example");
    assertThat(listed.get(0).path("name").asText()).isEqualTo("Jo");
    assertThat(listed.get(0).has("roles")).isFalse();

    assertThat(admin.delete(members, body(user)).status()).isEqualTo(204);
    assertThat(admin.get(members).body()).isEmpty();
  }

  @Test
  @DisplayName("§2.9 an unknown user is refused with 404, and nobody else is added")
  void refusesUnknownUsers() {
    Response refused = admin.post(members, body(user, "auth0|nobody"));

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.errorCode()).isEqualTo("inexistent_user");
    assertThat(admin.get(members).body()).isEmpty();
  }

  @Test
  @DisplayName("§1.2 no members, unknown fields and a missing body are refused")
  void refusesInvalidBodies() {
    assertThat(admin.post(members, "{'members':[]}").message()).endsWith("on property members.");
    assertThat(admin.post(members, "{'members':['a'],'x':1}").message())
        .isEqualTo("Payload validation error: 'Additional properties not allowed: x'.");
    assertThat(admin.delete(members).message())
        .isEqualTo("Payload validation error: 'Missing request body'.");
  }

  @Test
  @DisplayName("§2.9 show their roles in the organization if fields asks for them")
  void showsRoles() {
    String role = role();
    admin.post(members, body(user));
    admin.post(members + "/" + segment(user) + "/roles", "{'roles':['" + role + "']}");

    JsonNode member =
        admin.get(members + "?fields=user_id,roles&include_fields=true").body().get(0);

    assertThat(member.size()).isEqualTo(2);
    assertThat(member.at("/roles/0/id").asText()).isEqualTo(role);
    assertThat(admin.get(members + "?fields=email&include_fields=false").body().get(0).has("email"))
        .isFalse();
  }

  @Test
  @DisplayName("§1.3 a cursor leads through all members once")
  void listsByCursor() {
    List<String> all = List.of(user, user(), user());
    admin.post(members, body(all.toArray(String[]::new)));
    List<String> seen = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = admin.get(members + "?include_totals=true&take=2" + next).body();
      seen.addAll(page.path("members").findValuesAsText("user_id"));
      next = page.has("next") ? "&from=" + segment(page.path("next").asText()) : "";
    } while (!next.isEmpty());

    assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  @DisplayName(
      "§2.9 roles of members are given and taken with 204, and hold in the organization only")
  void memberRoles() {
    String role = role();
    String roles = members + "/" + segment(user) + "/roles";
    admin.post(members, body(user));

    assertThat(admin.post(roles, "{'roles':['" + role + "']}").status()).isEqualTo(204);

    assertThat(admin.get(roles + "?include_totals=true").body().path("total").asInt()).isEqualTo(1);
    assertThat(admin.get(roles).body().findValuesAsText("id")).containsExactly(role);
    assertThat(admin.get("/users/" + segment(user) + "/roles").body()).isEmpty();
    assertThat(admin.delete(roles, "{'roles':['" + role + "']}").status()).isEqualTo(204);
    assertThat(admin.get(roles).body()).isEmpty();
  }

  @Test
  @DisplayName("§2.9 roles of someone who is no member, and unknown roles, are refused with 404")
  void refusesRoles() {
    String roles = members + "/" + segment(user) + "/roles";

    assertThat(admin.post(roles, "{'roles':['" + role() + "']}").status()).isEqualTo(404);
    admin.post(members, body(user));
    Response unknown = admin.post(roles, "{'roles':['" + role() + "','rol_0000000000000000']}");

    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.message()).isEqualTo("Role not found.");
    assertThat(admin.get(roles).body()).isEmpty();
  }

  @Test
  @DisplayName("§2.9 lose their roles with their membership, and their membership when deleted")
  void losesRolesWithMembership() {
    String roles = members + "/" + segment(user) + "/roles";
    admin.post(members, body(user));
    admin.post(roles, "{'roles':['" + role() + "']}");

    admin.delete(members, body(user));
    admin.post(members, body(user));
    assertThat(admin.get(roles).body()).isEmpty();

    admin.delete("/users/" + segment(user));
    assertThat(admin.get(members).body()).isEmpty();
  }
}
