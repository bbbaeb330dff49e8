package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.POST_LOGIN;
import static dev.cambio.management.ActionFixture.body;
import static dev.cambio.management.ActionFixture.path;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.management.Administrator.Response;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Actions, contract management-api §2.2 and actions-runtime §2, §3")
class ActionsIT {
  private static final String CODE = "exports.onExecuteCustomTokenExchange = async () => {};";

  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);

  @AfterEach
  void clean() {
    actions.close();
  }

  @Test
  @DisplayName("§2.2 create answers 201 with a built draft that is not deployed")
  void creates() {
    JsonNode created = actions.create(EXCHANGE, CODE);

    assertThat(UUID.fromString(created.path("id").asText())).isNotNull();
    assertThat(created.path("status").asText()).isEqualTo("built");
    assertThat(created.path("runtime").asText()).isEqualTo("node22");
    assertThat(created.path("code").asText()).isEqualTo(CODE);
    assertThat(created.path("all_changes_deployed").asBoolean(true)).isFalse();
    assertThat(created.path("supported_triggers").toString())
        .isEqualTo("[{\"id\":\"custom-token-exchange\",\"version\":\"v1\"}]");
    assertThat(created.path("dependencies").toString()).isEqualTo("[]");
    assertThat(created.path("secrets").toString()).isEqualTo("[]");
    assertThat(created.path("modules").toString()).isEqualTo("[]");
    assertThat(created.has("deployed_version") || created.has("integration")).isFalse();
    assertThat(created.path("built_at").asText()).endsWith("Z");
    assertThat(admin.get(path(created)).body()).isEqualTo(created);
  }

  @Test
  @DisplayName("§2.2 create with deploy serves at once")
  void createsAndDeploys() {
    JsonNode created = actions.create(body(EXCHANGE, CODE).put("deploy", true));

    assertThat(created.path("all_changes_deployed").asBoolean()).isTrue();
    assertThat(created.path("deployed_version").path("number").asInt()).isEqualTo(1);
    assertThat(created.path("deployed_version").path("code").asText()).isEqualTo(CODE);
    assertThat(created.path("current_version").path("id"))
        .isEqualTo(created.path("deployed_version").path("id"));
  }

  @Test
  @DisplayName("§2.2 triggers are kept as id and version, whatever else is sent of them")
  void keepsTriggersSmall() {
    ObjectNode body = body(POST_LOGIN, "");
    ((ObjectNode) body.path("supported_triggers").get(0))
        .put("version", "v2")
        .put("status", "CURRENT")
        .put("default_runtime", "node22");

    assertThat(actions.create(body).path("supported_triggers").toString())
        .isEqualTo("[{\"id\":\"post-login\",\"version\":\"v2\"}]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|'Missing required property: name'.",
        "{'name':'a','supported_triggers':[]}|'Array is too short (0), minimum 1' on property"
            + " supported_triggers.",
        "{'name':'a','supported_triggers':[{'id':'x'}]}|*expected one of: post-login*",
        "{'name':'a','supported_triggers':[{'id':'post-login','version':'v1'}]}|'Trigger post-login"
            + " has no version v1' on property supported_triggers[0].version.",
        "{'name':'a','supported_triggers':[{'id':'post-login'},{'id':'post-login'}]}|'Trigger is"
            + " given more than once: post-login' on property supported_triggers[1].id.",
        "{'name':'a','supported_triggers':[{'id':'post-login'}],'runtime':'node12'}|'No enum match,"
            + " expected one of: node18, node18-actions, node20, node22' on property runtime.",
        "{'name':'a','supported_triggers':[{'id':'post-login'}],'status':'built'}|'Additional"
            + " properties not allowed: status'.",
        "{'name':'a','supported_triggers':[{'id':'post-login'}],'secrets':[{'name':'A'}]}|'Missing"
            + " required property: value' on property secrets[0].",
        "{'name':'a','supported_triggers':[{'id':'post-login'}],'modules':[{'module_name':'m'}]}"
            + "|'No such version of a module' on property modules[0].",
      })
  @DisplayName("§1.2, actions-runtime §2.2, §2.4 bodies that break a rule are refused with 400")
  void refusesInvalidBodies(String body, String detail) {
    Response refused = admin.post("/actions/actions", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.errorCode()).isEqualTo("invalid_body");
    if (detail.startsWith("*")) {
      assertThat(refused.message()).contains(detail.replace("*", ""));
    } else {
      assertThat(refused.message()).isEqualTo("Payload validation error: " + detail);
    }
  }

  @Test
  @DisplayName("actions-runtime §3 code of 100 kB is accepted, a byte more is not")
  void boundsCode() {
    String full = "//" + "x".repeat(100 * 1024 - 2);
    assertThat(actions.create(EXCHANGE, full).path("status").asText()).isEqualTo("built");

    assertThat(admin.post("/actions/actions", body(EXCHANGE, full + "x")).status()).isEqualTo(400);
    String wide = "//" + "é".repeat(51_200);
    assertThat(admin.post("/actions/actions", body(EXCHANGE, wide)).message())
        .isEqualTo(
            "Payload validation error: 'Code is too large (102402 bytes), maximum 102400' on"
                + " property code.");
  }

  @Test
  @DisplayName("actions-runtime §3 more than 30 secrets or 10 dependencies are refused")
  void boundsLists() {
    ObjectNode secrets = body(EXCHANGE, CODE);
    IntStream.rangeClosed(0, 30)
        .forEach(
            i -> secrets.withArray("secrets").addObject().put("name", "S" + i).put("value", ""));
    ObjectNode dependencies = body(EXCHANGE, CODE);
    IntStream.rangeClosed(0, 10)
        .forEach(i -> dependencies.withArray("dependencies").addObject().put("name", "d" + i));

    assertThat(admin.post("/actions/actions", secrets).message()).contains("maximum 30");
    assertThat(admin.post("/actions/actions", dependencies).message()).contains("maximum 10");
  }

  @Test
  @DisplayName("actions-runtime §3 the 101st Action of a tenant is refused with 403")
  void boundsActions() {
    TestNode node = TestNode.shared();
    String filler = unique("filler");
    node.execute(
        """
        insert into action (tenant_id, id, name, supported_triggers, draft)
        select 'quickstart', ? || n, ? || n, '[{"id": "post-login"}]',
               '{"code": "", "runtime": "node22", "dependencies": []}'
        from generate_series(1, 100 - (select count(*)::int from action where tenant_id = 'quickstart')) n
        """,
        filler,
        filler);
    try {
      Response refused = admin.post("/actions/actions", body(EXCHANGE, CODE));

      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.errorCode()).isEqualTo("too_many_entities");
      assertThat(refused.message())
          .isEqualTo("You reached the limit of entities of this type for this tenant.");
      assertThat(admin.get("/actions/actions?per_page=1").body().path("total").asInt())
          .isEqualTo(100);
    } finally {
      node.execute("delete from action where name like ? || '%'", filler);
    }
  }

  @Test
  @DisplayName("§2.2 a second Action of a name is refused with 409, also when renamed to it")
  void refusesDuplicates() {
    JsonNode first = actions.create(EXCHANGE, CODE);
    JsonNode other = actions.create(EXCHANGE, CODE);
    ObjectNode same = body(EXCHANGE, CODE).put("name", first.path("name").asText());

    Response created = admin.post("/actions/actions", same);
    Response renamed = admin.patch(path(other), "{'name':'" + first.path("name").asText() + "'}");

    assertThat(List.of(created.status(), renamed.status())).containsOnly(409);
    assertThat(List.of(created.errorCode(), renamed.errorCode())).containsOnly("action_conflict");
  }

  @Test
  @DisplayName("actions-runtime §2.3 code that does not parse is stored as failed, with its error")
  void storesFailedBuilds() {
    JsonNode created = actions.create(EXCHANGE, "exports.x = ;");

    assertThat(created.path("status").asText()).isEqualTo("failed");
    assertThat(created.path("errors").path(0).path("id").asText()).isEqualTo("syntax_error");
    assertThat(created.path("errors").path(0).path("msg").asText()).isNotEmpty();

    JsonNode renamed = admin.patch(path(created), "{'runtime':'node20'}").body();
    assertThat(renamed.path("status").asText()).isEqualTo("failed");

    JsonNode mended = admin.patch(path(created), "{'code':'exports.x = 1;'}").body();
    assertThat(mended.path("status").asText()).isEqualTo("built");
    assertThat(mended.has("errors")).isFalse();
  }

  @Test
  @DisplayName("actions-runtime §2.5 packages that the runtime brings need no installation")
  void bringsPackages() {
    ObjectNode body = body(EXCHANGE, CODE);
    body.putArray("dependencies").addObject().put("name", "jose").put("version", "");

    JsonNode created = actions.create(body);

    assertThat(created.path("status").asText()).isEqualTo("built");
    assertThat(created.has("build_log")).isFalse();
    JsonNode dependency = created.path("dependencies").path(0);
    assertThat(dependency.path("version").asText()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(admin.patch(path(created), "{'dependencies':[" + dependency + "]}").body())
        .isEqualTo(created);
  }

  @Test
  @DisplayName("§2.2 a change touches what it names; the same once more changes nothing")
  void patches() {
    JsonNode created = actions.create(EXCHANGE, CODE);
    String change = "{'code':'exports.x = 1;','runtime':'node18-actions'}";

    Response patched = admin.patch(path(created), change);
    Response again = admin.patch(path(created), change);

    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.body().path("name")).isEqualTo(created.path("name"));
    assertThat(patched.body().path("code").asText()).isEqualTo("exports.x = 1;");
    assertThat(patched.body().path("runtime").asText()).isEqualTo("node18-actions");
    assertThat(again.body()).isEqualTo(patched.body());
    assertThat(admin.patch(path(created), "{'deploy':true}").status()).isEqualTo(400);
    assertThat(admin.patch("/actions/actions/none", change).status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.2 changes of different fields at the same time are all kept")
  void keepsConcurrentChanges() {
    JsonNode created = actions.create(EXCHANGE, CODE);
    for (int round = 0; round < 10; round++) {
      String code = "exports.x = " + round + ";";
      String dependency = round % 2 == 0 ? "jose" : "uuid";
      String runtime = round % 2 == 0 ? "node18" : "node20";
      List<CompletableFuture<Response>> calls =
          List.of(
              concurrently(created, "{'code':'" + code + "'}"),
              concurrently(created, "{'runtime':'" + runtime + "'}"),
              concurrently(created, "{'dependencies':[{'name':'" + dependency + "'}]}"),
              concurrently(created, "{'secrets':[{'name':'S" + round + "','value':'v'}]}"));
      assertThat(calls).allMatch(call -> call.join().status() == 200);

      JsonNode stored = admin.get(path(created)).body();
      assertThat(stored.path("code").asText()).isEqualTo(code);
      assertThat(stored.path("runtime").asText()).isEqualTo(runtime);
      assertThat(stored.path("dependencies").path(0).path("name").asText()).isEqualTo(dependency);
      assertThat(stored.path("secrets").path(0).path("name").asText()).isEqualTo("S" + round);
    }
  }

  private CompletableFuture<Response> concurrently(JsonNode action, String change) {
    return CompletableFuture.supplyAsync(() -> admin.patch(path(action), change));
  }

  @Test
  @DisplayName("§2.2 lists by trigger, name and deployment, with page, per_page and total")
  void lists() {
    JsonNode draft = actions.create(EXCHANGE, CODE);
    JsonNode live = actions.deployed(POST_LOGIN, "exports.onExecutePostLogin = async () => {};");

    JsonNode byName =
        admin.get("/actions/actions?actionName=" + draft.path("name").asText()).body();
    assertThat(byName.path("actions").path(0)).isEqualTo(draft);
    assertThat(byName.path("total").asInt()).isEqualTo(1);
    assertThat(byName.path("page").asInt()).isZero();
    assertThat(byName.path("per_page").asInt()).isEqualTo(20);
    assertThat(ids("?triggerId=post-login&per_page=100"))
        .contains(live.path("id").asText())
        .doesNotContain(draft.path("id").asText());
    assertThat(ids("?deployed=true&per_page=100"))
        .contains(live.path("id").asText())
        .doesNotContain(draft.path("id").asText());
    assertThat(ids("?deployed=false&per_page=100"))
        .contains(draft.path("id").asText())
        .doesNotContain(live.path("id").asText());
    assertThat(ids("?installed=true")).isEmpty();
    assertThat(ids("?page=1000&per_page=100")).isEmpty();
    assertThat(admin.get("/actions/actions?include_totals=true").status()).isEqualTo(400);
  }

  private List<String> ids(String query) {
    return admin.get("/actions/actions" + query).body().path("actions").findValuesAsText("id");
  }

  @Test
  @DisplayName("§2.2 delete answers 204; what is bound or has a profile needs force")
  void deletes() {
    JsonNode unused = actions.create(EXCHANGE, CODE);
    JsonNode used = actions.deployed(EXCHANGE, CODE);
    actions.profile(used);

    assertThat(admin.delete(path(unused)).status()).isEqualTo(204);
    assertThat(admin.get(path(unused)).status()).isEqualTo(404);
    assertThat(admin.delete(path(unused)).status()).isEqualTo(204);
    assertThat(admin.delete(path(used)).status()).isEqualTo(400);
    assertThat(admin.delete(path(used) + "?force=true").status()).isEqualTo(204);
    assertThat(admin.get(path(used)).status()).isEqualTo(404);
  }

  @Test
  @DisplayName("§2.2 there are no modules")
  void listsNoModules() {
    assertThat(admin.get("/actions/modules?page=0&per_page=50").body().toString())
        .isEqualTo("{\"total\":0,\"page\":0,\"per_page\":50,\"modules\":[]}");
    assertThat(admin.get("/actions/modules/x/versions").body().path("versions")).isEmpty();
  }
}
