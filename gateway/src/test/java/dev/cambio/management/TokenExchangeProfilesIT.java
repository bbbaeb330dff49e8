package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.POST_LOGIN;
import static dev.cambio.management.ActionFixture.path;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.e2e.TokenRequest;
import dev.cambio.management.Administrator.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Token exchange profiles, contract management-api §2.1, token-endpoint §2.1, §2.2")
class TokenExchangeProfilesIT {
  private static final String PATH = "/token-exchange-profiles";
  private static final String CODE = "exports.onExecuteCustomTokenExchange = async () => {};";

  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);
  private final List<String> created = new ArrayList<>();
  private JsonNode action = JsonNodeFactory.instance.objectNode();

  @BeforeEach
  void deploy() {
    action = actions.deployed(EXCHANGE, CODE);
  }

  @AfterEach
  void clean() {
    created.forEach(id -> admin.delete(PATH + "/" + id));
    actions.close();
  }

  private ObjectNode body() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", "A profile")
        .put("subject_token_type", "urn:test:" + unique("type"))
        .put("action_id", action.path("id").asText())
        .put("type", "custom_authentication");
  }

  private Response create(ObjectNode body) {
    Response response = admin.post(PATH, body);
    if (response.status() == 201) {
      created.add(response.body().path("id").asText());
    }
    return response;
  }

  @Test
  @DisplayName("§2.1 create answers 201 with id and dates, and the profile is found")
  void creates() {
    ObjectNode body = body();

    Response response = create(body);

    assertThat(response.status()).isEqualTo(201);
    JsonNode profile = response.body();
    assertThat(profile.path("id").asText()).matches("tep_[A-Za-z0-9]{16}");
    assertThat(profile.path("created_at").asText()).matches(".+T.+\\.\\d{3}Z");
    assertThat(
            ((ObjectNode) profile.deepCopy())
                .without(List.of("id", "created_at", "updated_at"))
                .toString())
        .isEqualTo(body.toString());
    assertThat(admin.get(PATH + "/" + profile.path("id").asText()).body()).isEqualTo(profile);
  }

  @Test
  @DisplayName(
      "§2.1 our own mark subject_token_is_ours is shown where it is set, and can be changed")
  void marksOwnSubjectTokens() {
    JsonNode profile = create(body().put("subject_token_is_ours", true)).body();
    String path = PATH + "/" + profile.path("id").asText();
    assertThat(profile.path("subject_token_is_ours").asBoolean()).isTrue();

    assertThat(admin.patch(path, "{'name':'still-ours'}").status()).isEqualTo(204);
    assertThat(admin.get(path).body().path("subject_token_is_ours").asBoolean()).isTrue();
    assertThat(admin.patch(path, "{'subject_token_is_ours':false}").status()).isEqualTo(204);
    assertThat(admin.get(path).body().has("subject_token_is_ours")).isFalse();
    assertThat(admin.patch(path, "{'subject_token_is_ours':'yes'}").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type|on_behalf|Type field must be custom",
        "action_id|none|Action not found",
        "name|ab|Payload validation error: 'String is too short (2 chars), minimum 3' on property"
            + " name.",
        "subject_token_type|urn:a:b|Payload validation error: 'String is too short (7 chars),"
            + " minimum 8' on property subject_token_type.",
        "unknown|x|Payload validation error: 'Additional properties not allowed: unknown'.",
      })
  @DisplayName("§2.1 what a body must hold: else 400 with the contract's text")
  void refuses(String member, String value, String message) {
    Response refused = create(body().put(member, value));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("invalid_body");
    assertThat(refused.message()).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://auth0.com/x",
        "http://sub.okta.com/x",
        "urn:ietf:params:x",
        "URN:Auth0:x",
        "urn:okta:token",
        "ftp://example.com/x",
        "not a uri at all"
      })
  @DisplayName("§2.1 reserved and malformed subject token types are refused with 400")
  void refusesReservedTypes(String type) {
    Response refused = create(body().put("subject_token_type", type));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("invalid_body");
    assertThat(refused.message()).contains("on property subject_token_type");
  }

  @Test
  @DisplayName("§2.1 the Action must be deployed and support the trigger")
  void requiresUsableActions() {
    String draft = actions.create(EXCHANGE, CODE).path("id").asText();
    String other = actions.deployed(POST_LOGIN, CODE).path("id").asText();

    assertThat(create(body().put("action_id", draft)).message())
        .isEqualTo("Action is not deployed");
    assertThat(create(body().put("action_id", other)).message())
        .isEqualTo("Action must have supported_triggers: custom-token-exchange");
  }

  @Test
  @DisplayName("§2.1 a subject token type belongs to one profile: 409, on create and on change")
  void refusesDuplicates() {
    ObjectNode first = body();
    create(first);
    String other = create(body()).body().path("id").asText();

    Response again = create(first);
    Response changed =
        admin.patch(
            PATH + "/" + other,
            "{'subject_token_type':'" + first.path("subject_token_type").asText() + "'}");

    assertThat(List.of(again.status(), changed.status())).containsOnly(409);
    assertThat(again.message()).isEqualTo("subject_token_type already exists for tenant");
    assertThat(changed.message())
        .isEqualTo("Token exchange profile with the same subject_token_type already exists");
  }

  @Test
  @DisplayName("§2.1 change answers 204 without a body; the same once more changes nothing")
  void patches() {
    String path = PATH + "/" + create(body()).body().path("id").asText();

    Response changed = admin.patch(path, "{'name':'Another name'}");
    JsonNode after = admin.get(path).body();
    admin.patch(path, "{'name':'Another name'}");

    assertThat(changed.status()).isEqualTo(204);
    assertThat(changed.body().isMissingNode()).isTrue();
    assertThat(after.path("name").asText()).isEqualTo("Another name");
    assertThat(admin.get(path).body()).isEqualTo(after);
    assertThat(admin.patch(path, "{'action_id':'x'}").message())
        .isEqualTo("Unable to update field.");
    assertThat(admin.patch(path, "{'type':'custom_authentication'}").message())
        .isEqualTo("Unable to update field.");
    assertThat(admin.patch(path, "{}").status()).isEqualTo(400);
    assertThat(admin.patch(PATH + "/none", "{'name':'Another name'}").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.1 delete answers 204, also when there is nothing left; get then 404")
  void deletes() {
    String path = PATH + "/" + create(body()).body().path("id").asText();

    assertThat(admin.delete(path).status()).isEqualTo(204);
    assertThat(admin.delete(path).status()).isEqualTo(204);
    Response gone = admin.get(path);
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.message()).isEqualTo("Token exchange profile not found.");
  }

  @Test
  @DisplayName("§1.3 lists are paged by cursor, and every profile is seen once")
  void pages() {
    for (int i = 0; i < 5; i++) {
      create(body());
    }
    List<String> seen = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = admin.get(PATH + "?take=2" + next).body();
      assertThat(page.path("token_exchange_profiles").size()).isBetween(1, 2);
      seen.addAll(page.path("token_exchange_profiles").findValuesAsText("id"));
      next = page.has("next") ? "&from=" + page.path("next").asText() : "";
    } while (!next.isEmpty());

    assertThat(seen).containsAll(created).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("§2.1 the 101st profile of a tenant is refused with 403")
  void bounds() {
    TestNode node = TestNode.shared();
    String filler = unique("filler");
    node.execute(
        """
        insert into token_exchange_profile (tenant_id, id, name, subject_token_type, action_id)
        select 'quickstart', ? || n, 'filler', ? || n, 'none'
        from generate_series(1, 100 -
          (select count(*)::int from token_exchange_profile where tenant_id = 'quickstart')) n
        """,
        filler,
        filler);
    try {
      Response refused = create(body());

      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.errorCode()).isEqualTo("too_many_entities");
    } finally {
      node.execute("delete from token_exchange_profile where id like ? || '%'", filler);
    }
  }

  @Test
  @DisplayName("§2.2 a forced delete of the Action leaves the profile, whose exchanges fail")
  void staysWithoutItsAction() {
    JsonNode profile = create(body()).body();
    String type = profile.path("subject_token_type").asText();

    admin.delete(path(action) + "?force=true");

    assertThat(admin.get(PATH + "/" + profile.path("id").asText()).body()).isEqualTo(profile);
    assertThat(TokenRequest.quickstart(type, "token").post().status()).isEqualTo(500);
  }
}
