package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.POST_LOGIN;
import static dev.cambio.management.ActionFixture.body;
import static dev.cambio.management.ActionFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.management.Administrator.Response;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Deployment of Actions, contract management-api §2.2, §4.6, actions-runtime §2.3")
class ActionVersionsIT {
  private static final String CODE = "exports.onExecuteCustomTokenExchange = async () => {};";

  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);

  @AfterEach
  void clean() {
    actions.close();
  }

  private Response deploy(JsonNode action) {
    return admin.post(path(action) + "/deploy", "{}");
  }

  @Test
  @DisplayName("§4.6 deploy answers 200 with the version, and the Action shows it")
  void deploys() {
    ObjectNode body = body(EXCHANGE, CODE);
    body.putArray("secrets").addObject().put("name", "A").put("value", "v");
    body.putArray("dependencies").addObject().put("name", "jose").put("version", "6.2.17");
    JsonNode created = actions.create(body);

    Response deployed = deploy(created);

    assertThat(deployed.status()).isEqualTo(200);
    JsonNode version = deployed.body();
    assertThat(version.path("action_id")).isEqualTo(created.path("id"));
    assertThat(version.path("number").asInt()).isEqualTo(1);
    assertThat(version.path("deployed").asBoolean()).isTrue();
    assertThat(version.path("status").asText()).isEqualTo("built");
    for (String member :
        new String[] {"code", "runtime", "dependencies", "secrets", "supported_triggers"}) {
      assertThat(version.path(member)).as(member).isEqualTo(created.path(member));
    }
    assertThat(version.path("errors")).isEmpty();
    assertThat(version.path("action").path("name")).isEqualTo(created.path("name"));
    assertThat(version.path("action").path("all_changes_deployed").asBoolean()).isTrue();
    JsonNode action = admin.get(path(created)).body();
    assertThat(action.path("all_changes_deployed").asBoolean()).isTrue();
    assertThat(action.path("deployed_version").path("id")).isEqualTo(version.path("id"));
    assertThat(action.path("current_version").path("number").asInt()).isEqualTo(1);
    assertThat(admin.get(path(created) + "/versions/" + version.path("id").asText()).body())
        .isEqualTo(version);
  }

  @Test
  @DisplayName("actions-runtime §2.3 without a body, and once more without a change: same version")
  void deploysOnce() {
    JsonNode created = actions.create(EXCHANGE, CODE);

    Response first = admin.call("POST", path(created) + "/deploy", Optional.empty());
    Response second = deploy(created);

    assertThat(second.status()).isEqualTo(200);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(admin.get(path(created) + "/versions").body().path("total").asInt()).isEqualTo(1);
  }

  @Test
  @DisplayName("actions-runtime §2.3 edits leave the live version alone until they are deployed")
  void keepsDraftsApart() {
    JsonNode live = actions.deployed(EXCHANGE, CODE);

    JsonNode edited = admin.patch(path(live), "{'code':'exports.x = 1;'}").body();

    assertThat(edited.path("all_changes_deployed").asBoolean(true)).isFalse();
    assertThat(edited.path("deployed_version").path("code").asText()).isEqualTo(CODE);
    assertThat(deploy(live).body().path("number").asInt()).isEqualTo(2);
    assertThat(admin.get(path(live)).body().path("all_changes_deployed").asBoolean()).isTrue();
    JsonNode back = admin.patch(path(live), "{'secrets':[{'name':'A','value':'v'}]}").body();
    assertThat(back.path("all_changes_deployed").asBoolean(true)).isFalse();
    JsonNode reverted = admin.patch(path(live), "{'secrets':[]}").body();
    assertThat(reverted.path("all_changes_deployed").asBoolean()).isTrue();
  }

  @Test
  @DisplayName("§2.2 a failed build is not deployed: 400 with the text that the CLI looks for")
  void refusesFailedBuilds() {
    JsonNode failed = actions.create(EXCHANGE, "exports.x = ;");

    Response refused = deploy(failed);
    Response atOnce =
        admin.post("/actions/actions", body(EXCHANGE, "exports.x = ;").put("deploy", true));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).contains("must be in the 'built' state");
    assertThat(atOnce.message()).contains("must be in the 'built' state");
    assertThat(admin.post("/actions/actions/none/deploy", "{}").status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.2 versions are listed newest first, by page")
  void listsVersions() {
    JsonNode action = actions.deployed(EXCHANGE, CODE);
    admin.patch(path(action), "{'code':'exports.x = 2;'}");
    deploy(action);

    JsonNode list = admin.get(path(action) + "/versions?per_page=1").body();

    assertThat(list.path("total").asInt()).isEqualTo(2);
    assertThat(list.path("versions")).hasSize(1);
    assertThat(list.path("versions").path(0).path("number").asInt()).isEqualTo(2);
    assertThat(list.path("versions").path(0).path("deployed").asBoolean()).isTrue();
    JsonNode older = admin.get(path(action) + "/versions?per_page=1&page=1").body();
    assertThat(older.path("versions").path(0).path("deployed").asBoolean(true)).isFalse();
    assertThat(admin.get("/actions/actions/none/versions").status()).isEqualTo(404);
    assertThat(admin.get(path(action) + "/versions/none").status()).isEqualTo(404);
  }

  @Test
  @DisplayName(
      "actions-runtime §2.3 an older version comes back as the newest; the draft follows only if"
          + " told")
  void rollsBack() {
    JsonNode action = actions.deployed(EXCHANGE, CODE);
    String first = action.path("deployed_version").path("id").asText();
    admin.patch(path(action), "{'code':'exports.x = 2;'}");
    deploy(action);
    String rollback = path(action) + "/versions/" + first + "/deploy";

    Response back = admin.post(rollback, "{}");

    assertThat(back.status()).isEqualTo(200);
    assertThat(back.body().path("number").asInt()).isEqualTo(3);
    assertThat(back.body().path("code").asText()).isEqualTo(CODE);
    assertThat(admin.get(path(action)).body().path("code").asText()).isEqualTo("exports.x = 2;");

    Response withDraft = admin.post(rollback, "{'update_draft':true}");

    assertThat(withDraft.body().path("number").asInt()).isEqualTo(3);
    JsonNode after = admin.get(path(action)).body();
    assertThat(after.path("code").asText()).isEqualTo(CODE);
    assertThat(after.path("all_changes_deployed").asBoolean()).isTrue();
  }

  @Test
  @DisplayName("actions-runtime §3 49 versions are kept beside the draft; the oldest go first")
  void boundsVersions() {
    JsonNode action = actions.create(EXCHANGE, CODE);
    IntStream.rangeClosed(1, 51)
        .forEach(
            i -> {
              admin.patch(path(action), "{'code':'exports.x = " + i + ";'}");
              assertThat(deploy(action).body().path("number").asInt()).isEqualTo(i);
            });

    JsonNode last = admin.get(path(action) + "/versions?per_page=1&page=48").body();

    assertThat(last.path("total").asInt()).isEqualTo(49);
    assertThat(last.path("versions").path(0).path("number").asInt()).isEqualTo(3);
  }

  @Test
  @DisplayName(
      "actions-runtime §2.2 what has a profile or is bound cannot be deployed without its trigger")
  void keepsTriggersInUse() {
    JsonNode action = actions.deployed(EXCHANGE, CODE);
    actions.profile(action);

    admin.patch(path(action), "{'supported_triggers':[{'id':'" + POST_LOGIN + "'}]}");

    assertThat(deploy(action).message())
        .isEqualTo("The Action is in use: it must have supported_triggers: custom-token-exchange");
  }
}
