package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.body;
import static dev.cambio.management.ActionFixture.path;
import static dev.cambio.management.Administrator.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.e2e.TokenRequest;
import dev.cambio.management.Administrator.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Modules of Actions, contract actions-runtime §2.7 and management-api §2.2")
class ActionModulesIT {
  private static final String SECRET = "module-secret-0123456789";

  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);
  private final List<String> modules = new ArrayList<>();

  @AfterEach
  void clean() {
    actions.close();
    modules.forEach(path -> assertThat(admin.delete(path).status()).isEqualTo(204));
  }

  private static ObjectNode module(String code) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", unique("module"))
        .put("code", code)
        .put("publish", true);
  }

  private static ObjectNode withSecret(String code) {
    ObjectNode module = module(code);
    module.withArray("secrets").addObject().put("name", "KEY").put("value", SECRET);
    return module;
  }

  private JsonNode create(ObjectNode module) {
    Response created = admin.post("/actions/modules", module);
    assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
    modules.add(modulePath(created.body()));
    return created.body();
  }

  private static String modulePath(JsonNode module) {
    return "/actions/modules/" + module.path("id").asText();
  }

  private static ObjectNode using(String code, JsonNode... modules) {
    ObjectNode body = body(EXCHANGE, code);
    for (JsonNode module : modules) {
      body.withArray("modules")
          .addObject()
          .put("module_id", module.path("id").asText())
          .put("module_version_id", module.path("latest_version").path("id").asText());
    }
    return body;
  }

  private List<String> prints(JsonNode action) {
    JsonNode outcome =
        admin.post(path(action) + "/test", "{'payload':{'event':{}}}").body().path("payload");
    assertThat(outcome.has("error")).as("%s", outcome).isFalse();
    return outcome.path("logs").findValuesAsText("text");
  }

  @Test
  @DisplayName("§2.7 create answers 201, with publish a version; secrets are never shown")
  void creates() {
    JsonNode created = create(withSecret("module.exports = 1;"));

    assertThat(created.path("latest_version_number").asInt()).isEqualTo(1);
    assertThat(created.path("all_changes_published").asBoolean()).isTrue();
    assertThat(created.path("actions_using_module_total").asInt()).isZero();
    assertThat(created.path("status").asText()).isEqualTo("built");
    assertThat(created.path("latest_version").path("version_number").asInt()).isEqualTo(1);
    assertThat(created.path("secrets").findValuesAsText("name")).containsExactly("KEY");
    assertThat(admin.get(modulePath(created)).body()).isEqualTo(created);
    JsonNode listed = admin.get("/actions/modules?per_page=100").body();
    assertThat(listed.path("modules").findValuesAsText("id")).contains(created.path("id").asText());
    List<String> rows =
        TestNode.shared()
            .column(
                "select to_jsonb(m)::text || to_jsonb(v)::text from action_module m"
                    + " join action_module_version v on v.module_id = m.id where m.id = ?",
                created.path("id").asText());
    assertThat(List.of(created.toString(), listed.toString(), rows.getFirst()))
        .allSatisfy(text -> assertThat(text).contains("KEY").doesNotContain(SECRET));
  }

  @Test
  @DisplayName(
      "§2.7 require('actions:NAME') gives what the module exports; its secrets are its own, in"
          + " exchanges too, and masked in console output")
  void serves() {
    JsonNode module =
        create(withSecret("const kept = actions.secrets.KEY;\nexports.key = () => kept;"));
    JsonNode action =
        actions.create(
            using(
                """
                exports.onExecuteCustomTokenExchange = async (event, api) => {
                  const { key } = require('actions:%s');
                  console.log(typeof actions, Object.keys(event.secrets).length, key());
                  api.access.deny('invalid_request', key().length + key().slice(-4));
                };
                """
                    .formatted(module.path("name").asText()),
                module));

    assertThat(prints(action)).containsExactly("undefined 0 [redacted]");
    assertThat(admin.post(path(action) + "/deploy", "{}").status()).isEqualTo(200);
    assertThat(
            TokenRequest.quickstart(actions.profile(action), "token")
                .post()
                .text("error_description"))
        .isEqualTo("246789");
    JsonNode users = admin.get(modulePath(module) + "/actions").body();
    assertThat(users.path("total").asInt()).isEqualTo(1);
    assertThat(users.path("actions").path(0).path("action_id")).isEqualTo(action.path("id"));
  }

  @Test
  @DisplayName(
      "§2.7 modules see neither each other nor each other's packages; the Action's are its own")
  void separates() {
    ObjectNode packaged = module("exports.ms = require('ms')(2000);");
    packaged.withArray("dependencies").addObject().put("name", "ms").put("version", "2.1.3");
    JsonNode created = create(packaged);
    JsonNode published =
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> admin.get(modulePath(created)).body(), m -> m.has("latest_version_number"));
    JsonNode other =
        create(
            module(
                """
                const tried = (name) => { try { return require(name) } catch (e) { return e.message } };
                exports.tried = [tried('actions:%s'), tried('ms'), typeof require('uuid').v4];
                """
                    .formatted(created.path("name").asText())));
    JsonNode action =
        actions.create(
            using(
                """
                exports.onExecuteCustomTokenExchange = async () => {
                  console.log(require('actions:%s').ms, require('actions:%s').tried.join());
                  try { require('ms') } catch (e) { console.log(e.message) }
                  try { require('actions:none') } catch (e) { console.log(e.code) }
                };
                """
                    .formatted(created.path("name").asText(), other.path("name").asText()),
                published,
                other));

    assertThat(prints(action))
        .containsExactly(
            "2s Cannot find module 'actions:%s',Cannot find module 'ms',function"
                .formatted(created.path("name").asText()),
            "Cannot find module 'ms'",
            "MODULE_NOT_FOUND");
  }

  @Test
  @DisplayName("§2.7 a new version changes no Action until it refers to it; drafts roll back")
  void keepsVersions() {
    JsonNode module = create(module("module.exports = 'one';"));
    String name = module.path("name").asText();
    JsonNode action =
        actions.create(
            using(
                "exports.onExecuteCustomTokenExchange = async () =>"
                    + " console.log(require('actions:%s'));".formatted(name),
                module));

    JsonNode draft = admin.patch(modulePath(module), "{'code':'module.exports = `two`;'}").body();
    assertThat(draft.path("all_changes_published").asBoolean(true)).isFalse();
    Response second = admin.post(modulePath(module) + "/versions", "{}");
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.body().path("version_number").asInt()).isEqualTo(2);
    assertThat(admin.post(modulePath(module) + "/versions", "{}").status()).isEqualTo(409);
    assertThat(prints(action)).containsExactly("one");

    JsonNode moved =
        admin
            .patch(
                path(action),
                "{'modules':[{'module_name':'" + name + "','module_version_number':2}]}")
            .body();
    assertThat(moved.path("modules").path(0).path("module_version_id"))
        .isEqualTo(second.body().path("id"));
    assertThat(prints(action)).containsExactly("two");
    JsonNode versions = admin.get(modulePath(module) + "/versions").body();
    assertThat(versions.path("versions").findValues("version_number")).hasToString("[2, 1]");
    String first = versions.path("versions").path(1).path("id").asText();
    String rollback = modulePath(module) + "/rollback";
    String toFirst = "{'module_version_id':'" + first + "'}";
    assertThat(admin.post(rollback, toFirst).body().path("code").asText())
        .isEqualTo("module.exports = 'one';");
    assertThat(admin.post(rollback, toFirst).status()).isEqualTo(409);
    assertThat(admin.get(modulePath(module) + "/versions/" + first).body().path("code").asText())
        .isEqualTo("module.exports = 'one';");
  }

  @Test
  @DisplayName("§2.7, §3 what is in use is not deleted; names, sizes and numbers are bounded")
  void refuses() {
    JsonNode module = create(module("module.exports = 1;"));
    actions.create(using("", module));

    Response inUse = admin.delete(modulePath(module));
    assertThat(inUse.status()).isEqualTo(412);
    assertThat(inUse.message())
        .isEqualTo(
            "The Actions Module cannot be deleted because it is in use by one or more actions.");
    assertThat(
            admin
                .post("/actions/modules", module("").put("name", module.path("name").asText()))
                .status())
        .isEqualTo(409);
    assertThat(admin.post("/actions/modules", module("").put("name", "n".repeat(256))).status())
        .isEqualTo(400);
    assertThat(admin.post("/actions/modules", module("/".repeat(65_537))).status()).isEqualTo(400);
    assertThat(create(module("/".repeat(65_536))).path("status").asText()).isEqualTo("built");
    assertThat(admin.post("/actions/modules", module("exports.x = ;")).message())
        .contains("must be in the 'built' state");
    assertThat(admin.get("/actions/modules/none").status()).isEqualTo(404);
    assertThat(admin.get(modulePath(module) + "/versions/none").status()).isEqualTo(404);
    ObjectNode four = using("");
    IntStream.range(0, 4)
        .forEach(i -> four.withArray("modules").addObject().put("module_version_id", "v" + i));
    assertThat(admin.post("/actions/actions", four).message()).contains("maximum 3");
    assertThat(admin.post("/actions/actions", using("", module, module)).message())
        .contains("The module is given more than once");
  }
}
