package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.POST_LOGIN;
import static dev.cambio.management.ActionFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.management.Administrator.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Triggers and bindings, contract management-api §2.2, actions-runtime §2.2")
class ActionBindingsIT {
  private static final String PATH = "/actions/triggers/post-login/bindings";
  private static final String CODE = "exports.onExecutePostLogin = async () => {};";

  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);
  private List<String> before = List.of();

  @BeforeEach
  void remember() {
    before = admin.get(PATH).body().path("bindings").findValuesAsText("display_name");
  }

  @AfterEach
  void restore() {
    admin.patch(PATH, bindings("action_name", before));
    actions.close();
  }

  private static ObjectNode bindings(String type, List<String> values) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray("bindings");
    values.forEach(
        value ->
            body.withArray("bindings")
                .addObject()
                .putObject("ref")
                .put("type", type)
                .put("value", value));
    return body;
  }

  private static List<String> ids(JsonNode list) {
    return IntStream.range(0, list.path("bindings").size())
        .mapToObj(i -> list.path("bindings").path(i).path("id").asText())
        .toList();
  }

  @Test
  @DisplayName("§2.2 three triggers are listed, current, with their runtimes")
  void listsTriggers() {
    JsonNode triggers = admin.get("/actions/triggers").body().path("triggers");

    assertThat(triggers.findValuesAsText("id"))
        .containsExactly(EXCHANGE, POST_LOGIN, "credentials-exchange");
    assertThat(triggers.findValuesAsText("version")).containsExactly("v1", "v3", "v2");
    assertThat(triggers.findValuesAsText("status")).containsOnly("CURRENT");
    assertThat(triggers.findValuesAsText("binding_policy"))
        .containsExactly("entity-bound", "trigger-bound", "trigger-bound");
    assertThat(triggers.path(0).path("runtimes").toString())
        .isEqualTo("[\"node18-actions\",\"node22\"]");
  }

  @Test
  @DisplayName("§2.2 a list replaces all bindings in order; those that stay keep their ids")
  void replaces() {
    JsonNode first = actions.deployed(POST_LOGIN, CODE);
    JsonNode second = actions.deployed(POST_LOGIN, CODE);
    String firstName = first.path("name").asText();
    String secondName = second.path("name").asText();

    Response bound = admin.patch(PATH, bindings("action_name", List.of(firstName, secondName)));

    assertThat(bound.status()).isEqualTo(200);
    assertThat(bound.body().path("bindings")).hasSize(2);
    JsonNode listed = admin.get(PATH).body();
    assertThat(listed.path("bindings")).isEqualTo(bound.body().path("bindings"));
    assertThat(listed.path("total").asInt()).isEqualTo(2);
    assertThat(listed.path("bindings").path(0).path("trigger_id").asText()).isEqualTo(POST_LOGIN);
    assertThat(listed.path("bindings").path(0).path("display_name").asText()).isEqualTo(firstName);
    assertThat(listed.path("bindings").path(0).path("action")).isEqualTo(first);

    List<String> ids = ids(listed);
    JsonNode turned = admin.patch(PATH, bindings("binding_id", ids.reversed())).body();
    assertThat(ids(turned)).isEqualTo(ids.reversed());
    JsonNode same = admin.patch(PATH, bindings("binding_id", ids.reversed())).body();
    assertThat(same).isEqualTo(turned);
    JsonNode one =
        admin.patch(PATH, bindings("action_id", List.of(first.path("id").asText()))).body();
    assertThat(ids(one)).containsExactly(ids.getFirst());
    assertThat(admin.delete(path(first)).status()).isEqualTo(400);
    assertThat(admin.patch(PATH, bindings("action_id", List.of())).body().path("bindings"))
        .isEmpty();
    assertThat(admin.delete(path(first)).status()).isEqualTo(204);
  }

  @Test
  @DisplayName("§2.2 Actions that are undeployed, unknown, of another trigger or bound twice: 400")
  void refuses() {
    JsonNode draft = actions.create(POST_LOGIN, CODE);
    JsonNode other = actions.deployed(EXCHANGE, "exports.x = 1;");
    String live = actions.deployed(POST_LOGIN, CODE).path("id").asText();

    assertThat(refusal("action_id", draft.path("id").asText()))
        .isEqualTo("The Action '%s' is not deployed.".formatted(draft.path("name").asText()));
    assertThat(refusal("action_id", other.path("id").asText()))
        .endsWith("must have supported_triggers: post-login");
    assertThat(refusal("action_name", "none"))
        .isEqualTo(
            "Payload validation error: 'No Action with name none' on property"
                + " bindings[0].ref.value.");
    assertThat(refusal("binding_id", "none")).contains("No binding with id none");
    assertThat(refusal("action_id", live, live)).contains("bound more than once");
  }

  private String refusal(String type, String... values) {
    Response refused = admin.patch(PATH, bindings(type, List.of(values)));
    assertThat(refused.status()).isEqualTo(400);
    return refused.message();
  }

  @Test
  @DisplayName("actions-runtime §3 more than 20 bindings are refused")
  void bounds() {
    assertThat(
            refusal(
                "action_name",
                IntStream.range(0, 21).mapToObj(i -> "a" + i).toArray(String[]::new)))
        .contains("maximum 20");
  }

  @Test
  @DisplayName("§2.2 only post-login takes bindings; the trigger of exchanges has none")
  void bindsPostLoginOnly() {
    String exchange = "/actions/triggers/custom-token-exchange/bindings";
    String id = actions.deployed(EXCHANGE, "exports.x = 1;").path("id").asText();

    assertThat(admin.get(exchange + "?page=0&per_page=50").body().toString())
        .isEqualTo("{\"total\":0,\"page\":0,\"per_page\":50,\"bindings\":[]}");
    assertThat(admin.patch(exchange, "{'bindings':[]}").status()).isEqualTo(200);
    assertThat(admin.patch(exchange, bindings("action_id", List.of(id))).status()).isEqualTo(400);
    assertThat(admin.get("/actions/triggers/none/bindings").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.2 lists sent at the same time come one after the other")
  void serializes() {
    List<String> ids =
        IntStream.range(0, 3)
            .mapToObj(i -> actions.deployed(POST_LOGIN, CODE).path("id").asText())
            .toList();
    for (int round = 0; round < 10; round++) {
      List<CompletableFuture<Response>> calls =
          ids.stream()
              .map(
                  id ->
                      CompletableFuture.supplyAsync(
                          () -> admin.patch(PATH, bindings("action_id", List.of(id)))))
              .toList();

      assertThat(calls).allSatisfy(call -> assertThat(call.join().status()).isEqualTo(200));
      assertThat(admin.get(PATH).body().path("bindings")).hasSize(1);
    }
  }
}
