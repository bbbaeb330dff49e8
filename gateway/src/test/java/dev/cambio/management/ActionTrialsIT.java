package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.POST_LOGIN;
import static dev.cambio.management.ActionFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.management.Administrator.Response;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Trials of drafts, contract management-api §2.2, §4.6, actions-runtime §12")
class ActionTrialsIT {
  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);

  @AfterEach
  void clean() {
    actions.close();
  }

  private Response test(JsonNode action, String payload) {
    return admin.post(path(action) + "/test", "{'payload':" + payload + "}");
  }

  @Test
  @DisplayName("§12 commands, logs and stats of the draft, not of the live version")
  void runsTheDraft() {
    JsonNode action =
        actions.deployed(EXCHANGE, "exports.onExecuteCustomTokenExchange = async () => {};");
    admin.patch(
        path(action),
        "{'code':'exports.onExecuteCustomTokenExchange = async (event, api) => {"
            + " console.log(`for %s`, event.client.name);"
            + " api.authentication.setUserById(event.transaction.subject_token) };'}");

    Response run =
        test(
            action,
            "{'event':{'client':{'name':'me'},'transaction':{'subject_token':'auth0|jane'}}}");

    assertThat(run.status()).isEqualTo(200);
    JsonNode payload = run.body().path("payload");
    assertThat(payload.path("commands").toString())
        .isEqualTo("[{\"type\":\"authentication.setUserById\",\"user_id\":\"auth0|jane\"}]");
    assertThat(payload.at("/logs/0/level").asText()).isEqualTo("log");
    assertThat(payload.at("/logs/0/text").asText()).isEqualTo("for me");
    assertThat(payload.path("stats").path("duration_ms").isIntegralNumber()).isTrue();
    assertThat(payload.has("error")).isFalse();
  }

  @Test
  @DisplayName(
      "§4.6 the payload may be the event itself, and a throw is told with name and message")
  void tellsErrors() {
    JsonNode action =
        actions.create(
            POST_LOGIN,
            "exports.onExecutePostLogin = async (event) => { throw new TypeError(event.user.name)"
                + " };");

    JsonNode payload = test(action, "{'user':{'name':'Jane'}}").body().path("payload");

    assertThat(payload.path("error").toString())
        .isEqualTo("{\"name\":\"TypeError\",\"message\":\"Jane\"}");
    assertThat(payload.path("commands")).isEmpty();
  }

  @Test
  @DisplayName("§12 code that does not parse is told like any other error")
  void tellsSyntaxErrors() {
    JsonNode payload = test(actions.create(EXCHANGE, "exports.x = ;"), "{}").body().path("payload");

    assertThat(payload.path("error").path("name").asText()).isEqualTo("SyntaxError");
  }

  @Test
  @DisplayName("§2.2 a trial needs a payload and a trigger that is executed")
  void refuses() {
    JsonNode stored = actions.create("pre-user-registration", "exports.x = 1;");

    assertThat(test(stored, "{}").status()).isEqualTo(400);
    assertThat(test(stored, "1").status()).isEqualTo(400);
    assertThat(admin.post(path(stored) + "/test", "{}").status()).isEqualTo(400);
    assertThat(admin.post("/actions/actions/none/test", "{'payload':{}}").status()).isEqualTo(404);
  }

  private JsonNode trial(JsonNode action, String options) {
    return admin
        .post(path(action) + "/test", "{'payload':{}," + options + "}")
        .body()
        .path("payload");
  }

  @Test
  @DisplayName(
      "§12 with a clock, a seed and a recording a trial can be repeated, and tells the decision")
  void canBeRepeated() {
    JsonNode action =
        actions.create(
            EXCHANGE,
            "exports.onExecuteCustomTokenExchange = async (event, api) => {"
                + " const answer = await fetch(`https://users.example/?k=${event.secrets.KEY}`);"
                + " api.authentication.setUserById(await answer.text() + new Date().toISOString()"
                + " + Math.random()) };");
    String options =
        "'clock':'2026-01-01T00:00:00Z','seed':5,'fetch':'recorded','recording':[{'request':"
            + "{'method':'GET','url':'https://users.example/?k=undefined'},"
            + "'response':{'status':200,'body':'auth0|'}}]";

    JsonNode first = trial(action, options);
    assertThat(first.at("/decision/outcome").asText()).isEqualTo("accept");
    assertThat(first.at("/decision/user/user_id").asText())
        .startsWith("auth0|2026-01-01T00:00:00.000Z0.");
    assertThat(first.at("/egress/0/status").asInt()).isEqualTo(200);
    assertThat(first.at("/ending").asText()).isEqualTo("returned");
    assertThat(trial(action, options).path("decision")).isEqualTo(first.path("decision"));
    JsonNode without = trial(action, "'fetch':'none'");
    assertThat(without.at("/egress/0/error").asText())
        .isEqualTo("there is no recording of GET https://users.example/?k=undefined");
    assertThat(without.at("/decision/outcome").asText()).isEqualTo("fail");
    assertThat(without.at("/decision/status").asInt()).isEqualTo(500);
  }

  @Test
  @DisplayName("§12 options of a trial that make no sense are 400")
  void refusesOptions() {
    JsonNode action = actions.create(EXCHANGE, "exports.onExecuteCustomTokenExchange = () => {};");

    for (String options :
        List.of(
            "'clock':'yesterday'",
            "'seed':'x'",
            "'fetch':'sometimes'",
            "'recording':[{}]",
            "'recording':{}",
            "'record':1",
            "'more':1")) {
      assertThat(admin.post(path(action) + "/test", "{'payload':{}," + options + "}").status())
          .as(options)
          .isEqualTo(400);
    }
  }
}
