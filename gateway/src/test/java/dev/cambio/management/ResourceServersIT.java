package dev.cambio.management;

import static dev.cambio.management.Administrator.segment;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Resource servers, contract management-api §2.4")
class ResourceServersIT {
  private final Administrator admin = Administrator.quickstart();
  private final String identifier = "https://" + unique("api") + ".example/";

  private Response create() {
    return admin.post(
        "/resource-servers", "{'identifier':'" + identifier + "','scopes':[{'value':'read:x'}]}");
  }

  @Test
  @DisplayName(
      "§2.4 create answers 201 with defaults, and the entity is found by id and by identifier")
  void creates() {
    Response created = create();

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().path("id").asText()).matches("[0-9a-f]{24}");
    assertThat(created.body().path("signing_alg").asText()).isEqualTo("RS256");
    assertThat(created.body().path("token_lifetime").asInt()).isEqualTo(86_400);
    assertThat(created.body().path("is_system").asBoolean(true)).isFalse();
    assertThat(admin.get("/resource-servers/" + created.body().path("id").asText()).body())
        .isEqualTo(created.body());
    assertThat(admin.get("/resource-servers/" + segment(identifier)).body())
        .isEqualTo(created.body());
  }

  @Test
  @DisplayName("§2.4 a second API of the same identifier is refused with 409")
  void refusesDuplicates() {
    create();

    Response second = create();

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.errorCode()).isEqualTo("resource_server_conflict");
    assertThat(second.message())
        .isEqualTo("A resource server with the same identifier already exists.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'x':1}|'Missing required property: identifier'.",
        "{'identifier':'a','x':1}|'Additional properties not allowed: x'.",
        "{'identifier':7}|'Expected type string but found type integer' on property identifier.",
        "{'identifier':'a','signing_alg':'none'}|'No enum match, expected one of: HS256, RS256,"
            + " RS512, PS256, ES256, EdDSA' on property signing_alg.",
        "{'identifier':'a','signing_secret':'short'}|'String is too short (5 chars), minimum 16' on"
            + " property signing_secret.",
        "{'identifier':'a','scopes':[{'value':'a','q':1}]}|'Additional properties not allowed: q'"
            + " on property scopes[0].",
        "{'identifier':'a\\u0000'}|'String contains a character that is not allowed' on property"
            + " identifier.",
      })
  @DisplayName("§1.2 a body that breaks its schema is refused with 400 and the property's name")
  void refusesInvalidBodies(String body, String detail) {
    Response refused = admin.post("/resource-servers", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("invalid_body");
    assertThat(refused.message()).isEqualTo("Payload validation error: " + detail);
  }

  @Test
  @DisplayName("§2.4 a change touches what it names, and a change to the same changes nothing")
  void patches() {
    String path = "/resource-servers/" + create().body().path("id").asText();

    Response patched = admin.patch(path, "{'name':'Renamed','token_lifetime':60}");
    Response again = admin.patch(path, "{'name':'Renamed'}");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.body().path("name").asText()).isEqualTo("Renamed");
    assertThat(patched.body().path("token_lifetime").asInt()).isEqualTo(60);
    assertThat(patched.body().path("scopes")).hasSize(1);
    assertThat(again.body()).isEqualTo(patched.body());
  }

  @Test
  @DisplayName("§2.4 deleting answers 204, also when there is nothing left")
  void deletes() {
    String path = "/resource-servers/" + create().body().path("id").asText();

    assertThat(admin.delete(path).status()).isEqualTo(204);
    assertThat(admin.get(path).status()).isEqualTo(404);
    assertThat(admin.delete(path).status()).isEqualTo(204);
  }

  @Test
  @DisplayName("§1.1 the Management API itself is listed and cannot be changed or deleted")
  void protectsTheSystemApi() {
    String audience = TestNode.shared().quickstart() + "api/v2/";
    String path = "/resource-servers/" + segment(audience);

    assertThat(admin.get(path).body().path("identifier").asText()).isEqualTo(audience);
    assertThat(admin.get(path).body().path("is_system").asBoolean()).isTrue();
    for (String known : new String[] {audience, TestNode.shared().tlsQuickstart() + "api/v2/"}) {
      assertThat(admin.get("/resource-servers?identifiers=" + segment(known)).body()).hasSize(1);
    }
    assertThat(admin.patch(path, "{'name':'mine'}").message())
        .isEqualTo("System resource servers cannot be patched.");
    assertThat(admin.delete(path).message())
        .isEqualTo("System resource servers cannot be deleted.");
  }

  @Test
  @DisplayName("§1.3 pages past the end are empty, and paging parameters out of range are refused")
  void pages() {
    assertThat(admin.get("/resource-servers?page=1000&per_page=100").body()).isEmpty();
    assertThat(admin.get("/resource-servers?per_page=101").errorCode()).isEqualTo("invalid_paging");
    assertThat(admin.get("/resource-servers?page=-1").errorCode()).isEqualTo("invalid_paging");
    assertThat(admin.get("/resource-servers?per_page=x").message())
        .isEqualTo(
            "Query validation error: 'Expected type integer but found type string' on property"
                + " per_page.");
    assertThat(admin.get("/resource-servers?unknown=1").message())
        .isEqualTo("Query validation error: 'Additional properties not allowed: unknown'.");
  }
}
