package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.body;
import static dev.cambio.management.ActionFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Secrets of Actions, contract management-api §2.2, actions-runtime §2.6")
class ActionSecretsIT {
  private static final String CODE =
      """
      // Backwards, since what shows a secret as it is would be masked.
      exports.onExecuteCustomTokenExchange = async (event, api) =>
        api.access.deny('x', JSON.stringify(event.secrets, (name, value) =>
          typeof value === 'string' ? [...value].reverse().join('') : value));
      """;

  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);
  private String path = "";

  @BeforeEach
  void create() {
    ObjectNode body = body(EXCHANGE, CODE);
    body.putArray("secrets").addObject().put("name", "KEEP").put("value", "kept-value-0123456789");
    body.withArray("secrets").addObject().put("name", "LOSE").put("value", "lost-value-0123456789");
    path = path(actions.create(body));
  }

  @AfterEach
  void clean() {
    actions.close();
  }

  private JsonNode secretsOfTheRun() {
    Response run = admin.post(path + "/test", "{'payload':{}}");
    try {
      return Json.parse(run.body().at("/payload/commands/0/reason").asText());
    } catch (IOException e) {
      throw new IllegalStateException(run.body().toString(), e);
    }
  }

  @Test
  @DisplayName("§2.2 a list replaces the set: missing names go, names without a value stay")
  void replaces() {
    Response patched =
        admin.patch(path, "{'secrets':[{'name':'KEEP'},{'name':'NEW','value':'new-value'}]}");

    assertThat(patched.body().path("secrets").findValuesAsText("name"))
        .containsExactly("KEEP", "NEW");
    JsonNode seen = secretsOfTheRun();
    assertThat(seen.path("KEEP").asText()).isEqualTo("9876543210-eulav-tpek");
    assertThat(seen.path("NEW").asText()).isEqualTo("eulav-wen");
    assertThat(seen).hasSize(2);
    assertThat(admin.patch(path, "{'secrets':[]}").body().path("secrets")).isEmpty();
    assertThat(secretsOfTheRun()).isEmpty();
  }

  @Test
  @DisplayName("§2.2 without a list, secrets stay")
  void stays() {
    assertThat(admin.patch(path, "{'runtime':'node20'}").body().path("secrets")).hasSize(2);
    assertThat(secretsOfTheRun())
        .map(JsonNode::asText)
        .containsExactlyInAnyOrder("9876543210-eulav-tpek", "9876543210-eulav-tsol");
  }

  @Test
  @DisplayName("§2.2 the date of a secret changes with its value, and only then")
  void dates() {
    JsonNode before = admin.get(path).body();
    JsonNode same =
        admin
            .patch(
                path,
                "{'secrets':[{'name':'LOSE'},{'name':'KEEP','value':'kept-value-0123456789'}]}")
            .body();
    JsonNode changed =
        admin.patch(path, "{'secrets':[{'name':'LOSE'},{'name':'KEEP','value':'other'}]}").body();

    assertThat(same).isEqualTo(before);
    assertThat(date(changed, 0)).isGreaterThan(date(before, 0));
    assertThat(date(changed, 1)).isEqualTo(date(before, 1));
  }

  private static String date(JsonNode action, int index) {
    return action.path("secrets").path(index).path("updated_at").asText();
  }

  @Test
  @DisplayName("§2.2 a name that is new needs a value, and names are given once")
  void refuses() {
    assertThat(admin.patch(path, "{'secrets':[{'name':'OTHER'}]}").message())
        .isEqualTo(
            "Payload validation error: 'Missing required property: value' on property secrets[0].");
    assertThat(
            admin
                .patch(path, "{'secrets':[{'name':'A','value':''},{'name':'A','value':''}]}")
                .message())
        .isEqualTo(
            "Payload validation error: 'Secret is given more than once: A' on property"
                + " secrets[1].name.");
  }

  @Test
  @DisplayName("§5 no answer and no row shows a value")
  void hides() {
    String version = admin.post(path + "/deploy", "{}").body().toString();
    String id = path.substring(path.lastIndexOf('/') + 1);
    List<String> rows =
        TestNode.shared()
            .column(
                """
                select to_jsonb(a) || jsonb_build_object('version', to_jsonb(v)) from action a
                join action_version v on v.id = a.deployed_version_id where a.id = ?
                """,
                id);

    assertThat(rows).hasSize(1);
    assertThat(
            List.of(
                version,
                admin.get(path).body().toString(),
                admin.get(path + "/versions").body().toString(),
                rows.getFirst()))
        .allSatisfy(text -> assertThat(text).contains("KEEP").doesNotContain("kept-value"));
  }
}
