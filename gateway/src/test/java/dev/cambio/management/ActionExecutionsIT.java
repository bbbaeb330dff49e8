package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.body;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.e2e.TokenRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Executions, contract management-api §2.2, actions-runtime §4.3")
class ActionExecutionsIT {
  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);

  @AfterEach
  void clean() {
    actions.close();
  }

  /** The executions that the log entry of one exchange names. */
  private List<JsonNode> executions(TokenRequest exchange) {
    ObjectNode outcome = TestNode.shared().logs(exchange.userAgent()).getLast();
    List<JsonNode> executions = new ArrayList<>();
    outcome
        .at("/details/actions/executions")
        .forEach(id -> executions.add(admin.get("/actions/executions/" + id.asText()).body()));
    return executions;
  }

  private JsonNode deployed(String code) {
    ObjectNode body = body(EXCHANGE, code).put("deploy", true);
    body.putArray("secrets").addObject().put("name", "KEY").put("value", "a-secret-in-a-message");
    return actions.create(body);
  }

  @Test
  @DisplayName(
      "§4.3 a successful exchange leaves one execution per trigger, named in its log entry")
  void recordsSuccess() {
    JsonNode action =
        deployed(
            "exports.onExecuteCustomTokenExchange = async (event, api) =>"
                + " api.authentication.setUserById('auth0|jane');");
    TokenRequest exchange = TokenRequest.quickstart(actions.profile(action), "token");

    assertThat(exchange.post().status()).isEqualTo(200);

    List<JsonNode> executions = executions(exchange);
    assertThat(executions)
        .extracting(execution -> execution.path("trigger_id").asText())
        .containsExactly("custom-token-exchange", "post-login");
    assertThat(executions)
        .allSatisfy(
            execution -> {
              assertThat(UUID.fromString(execution.path("id").asText())).isNotNull();
              assertThat(execution.path("status").asText()).isEqualTo("final");
              JsonNode result = execution.path("results").path(0);
              assertThat(result.has("error")).isFalse();
              assertThat(result.path("started_at").asText()).matches(".+T.+\\.\\d{3}Z");
              assertThat(result.path("ended_at").asText())
                  .isGreaterThanOrEqualTo(result.path("started_at").asText());
              assertThat(execution.path("created_at")).isEqualTo(result.path("started_at"));
              assertThat(execution.path("updated_at")).isEqualTo(result.path("ended_at"));
            });
    assertThat(executions.getFirst().path("results")).hasSize(1);
    assertThat(executions.getFirst().at("/results/0/action_name")).isEqualTo(action.path("name"));
    assertThat(executions.getLast().at("/results/0/action_name").asText())
        .isEqualTo("enrich-tokens");
  }

  @Test
  @DisplayName("§4.3 what an Action throws is recorded as id, msg and url, secrets masked")
  void recordsErrors() {
    JsonNode action =
        deployed(
            "exports.onExecuteCustomTokenExchange = async (event) => {"
                + " throw new Error('went wrong: ' + event.secrets.KEY); };");
    TokenRequest exchange = TokenRequest.quickstart(actions.profile(action), "token");

    assertThat(exchange.post().status()).isEqualTo(500);

    List<JsonNode> executions = executions(exchange);
    assertThat(executions).hasSize(1);
    JsonNode error = executions.getFirst().at("/results/0/error");
    assertThat(error.properties().stream().map(Map.Entry::getKey))
        .containsExactly("id", "msg", "url");
    assertThat(error.path("id").asText()).isEqualTo("action_error");
    assertThat(error.path("msg").asText())
        .startsWith("went wrong: ")
        .doesNotContain("a-secret-in-a-message");
  }

  @Test
  @DisplayName("§2.2 an unknown execution, and what is no id, is 404")
  void knowsNoOther() {
    assertThat(admin.get("/actions/executions/" + UUID.randomUUID()).status()).isEqualTo(404);
    assertThat(admin.get("/actions/executions/none").errorCode()).isEqualTo("inexistent_execution");
  }
}
