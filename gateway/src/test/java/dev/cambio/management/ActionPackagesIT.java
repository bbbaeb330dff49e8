package dev.cambio.management;

import static dev.cambio.management.ActionFixture.EXCHANGE;
import static dev.cambio.management.ActionFixture.body;
import static dev.cambio.management.ActionFixture.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.e2e.TestNode;
import dev.cambio.e2e.TokenRequest;
import dev.cambio.management.Administrator.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real packages by the npm of this machine; all drafts are saved first and built meanwhile. */
@DisplayName("npm packages of Actions, contract actions-runtime §2.3, §2.5, §3")
@TestInstance(Lifecycle.PER_CLASS)
class ActionPackagesIT {
  private static final Duration BUILT = Duration.ofSeconds(60);

  private final Administrator admin = Administrator.quickstart();
  private final ActionFixture actions = new ActionFixture(admin);
  private final Map<String, JsonNode> drafts = new HashMap<>();

  @BeforeAll
  void saveDrafts() {
    save(
        "many",
        """
        const { v4 } = require('uuid'), get = require('lodash/get'), ms = require('debug@4.4.0');
        const jose = require('jose');
        function where() { return new Error('here').stack.split('\\n')[1] }
        exports.onExecuteCustomTokenExchange = async (event, api) => {
          const key = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
          const jwt = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: 'HS256' }).sign(key);
          const xml = await require('xml2js').parseStringPromise('<a><b>text</b></a>');
          console.log('%s', (await jose.jwtVerify(jwt, key)).payload.a, v4().length, get(xml, 'a.b.0'));
          console.log(typeof require('xml-crypto').SignedXml, typeof ms('x'), 'experimental_jwksCache' in jose);
          console.log(where());
          try { require('is-odd') } catch (e) { console.log(e.code, e.message) }
          try { require('lodash/nope') } catch (e) { console.log(e.message) }
        };
        """,
        "uuid@9.0.1",
        "lodash@4.17.21",
        "jose@6.0.11",
        "xml2js@0.6.2",
        "xml-crypto@6.0.1",
        "debug@4.4.0");
    save("jose 5", returning("'experimental_jwksCache' in require('jose')"), "jose@5.9.6");
    save("native", returning("require('bcrypt')"), "bcrypt@6.0.0");
    save("no version", returning("1"), "ms@99.0.0");
    save("no package", returning("1"), "cambio-has-no-such-package@1.0.0");
    save("latest", returning("require('is-number')(5)"), "is-number@");
    ObjectNode body =
        draft(
            "exports.onExecuteCustomTokenExchange = async (event, api) =>"
                + " api.access.deny('invalid_request', require('ms')(1000));",
            "ms@2.1.3");
    drafts.put("deployed", actions.create(body.put("deploy", true)));
  }

  @AfterAll
  void clean() {
    actions.close();
  }

  private static String returning(String expression) {
    return "exports.onExecuteCustomTokenExchange = async () => { console.log(%s) };"
        .formatted(expression);
  }

  private static ObjectNode draft(String code, String... dependencies) {
    ObjectNode body = body(EXCHANGE, code);
    for (String dependency : dependencies) {
      int at = dependency.lastIndexOf('@');
      body.withArray("dependencies")
          .addObject()
          .put("name", dependency.substring(0, at))
          .put("version", dependency.substring(at + 1));
    }
    return body;
  }

  private void save(String name, String code, String... dependencies) {
    drafts.put(name, actions.create(draft(code, dependencies)));
  }

  /** The draft as it was answered when it was saved. */
  private JsonNode saved(String name) {
    return Objects.requireNonNull(drafts.get(name), name);
  }

  /** The draft when it has become what it will. */
  private JsonNode finished(String name) {
    return await()
        .atMost(BUILT)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> admin.get(path(saved(name))).body(),
            action -> List.of("built", "failed").contains(action.path("status").asText()));
  }

  private JsonNode built(String name) {
    JsonNode action = finished(name);
    assertThat(action.path("status").asText()).as("%s", action).isEqualTo("built");
    return action;
  }

  private List<String> prints(String name) {
    JsonNode outcome =
        admin.post(path(built(name)) + "/test", "{'payload':{'event':{}}}").body().path("payload");
    assertThat(outcome.has("error")).as("%s", outcome).isFalse();
    return outcome.path("logs").findValuesAsText("text");
  }

  @Test
  @DisplayName(
      "§2.5 packages with dependencies, ESM-only ones, parts of one and pinned ones are required;"
          + " lines are the Action's own; what is not declared is not found")
  void runsPackages() {
    assertThat(prints("many"))
        .containsExactly(
            "1 36 text",
            "function function false",
            "    at where (action.js:3:27)",
            "MODULE_NOT_FOUND Cannot find module 'is-odd'",
            "Cannot find module 'lodash/nope'");
  }

  @Test
  @DisplayName("§2.5 a declared version wins over the preinstalled one")
  void prefersDeclaredVersions() {
    assertThat(prints("jose 5")).containsExactly("true");
  }

  @Test
  @DisplayName("§2.3 a draft is pending until a node builds it, its log is kept, its bundle too")
  void keepsLogAndBundle() {
    assertThat(saved("many").path("status").asText()).isIn("pending", "building");
    assertThat(saved("many").has("built_at")).isFalse();
    JsonNode action = built("many");

    assertThat(action.path("built_at").asText()).endsWith("Z");
    assertThat(action.path("build_log").asText())
        .contains("npm install --package-lock-only")
        .contains("npm ci")
        .contains("warning: Cannot find module 'lodash/nope'");
    Response deployed = admin.post(path(action) + "/deploy", "{}");
    assertThat(deployed.status()).as("%s", deployed.body()).isEqualTo(200);
    String version = path(action) + "/versions/" + deployed.body().path("id").asText();
    assertThat(admin.get(version).body().path("build_log")).isEqualTo(action.path("build_log"));
  }

  @Test
  @DisplayName("§2.5 equal bundles are kept once, by hash, with the lockfile")
  void keepsBundlesOnce() {
    JsonNode first = built("jose 5");
    JsonNode same = actions.create(draft(returning("require('jose')"), "jose@5.9.6"));

    assertThat(same.path("status").asText()).isEqualTo("built");
    assertThat(
            TestNode.shared()
                .column(
                    """
                    select b.lockfile || count(*) over () from action_build b
                    join action_code c using (tenant_id, content_hash)
                    where b.inputs -> 'dependencies' ->> 'jose' = '5.9.6'
                      and b.content_hash = encode(sha256(convert_to(c.source, 'UTF8')), 'hex')
                      and (select count(*) from action a where a.build_id = b.id) = 2
                    """))
        .singleElement()
        .asString()
        .contains("sha512-")
        .endsWith("1");
    assertThat(first.path("id")).isNotEqualTo(same.path("id"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "native|module_not_found|Compilation failed: Cannot find module 'bcrypt': native add-ons"
            + " cannot be loaded",
        "no version|version_not_found|The npm registry does not have version 99.0.0 of 'ms'",
        "no package|package_not_found|Compilation failed: Cannot find module"
            + " 'cambio-has-no-such-package': the npm registry does not have it",
      })
  @DisplayName("§2.3, §2.5 what cannot be installed or loaded fails the build, and is not deployed")
  void fails(String name, String id, String reason) {
    JsonNode failed = finished(name);

    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("errors")).hasSize(1);
    assertThat(failed.path("errors").path(0).path("id").asText()).isEqualTo(id);
    assertThat(failed.path("errors").path(0).path("msg").asText()).isEqualTo(reason);
    assertThat(failed.path("build_log").asText()).contains("npm");
    Response refused = admin.post(path(failed) + "/deploy", "{}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).contains("must be in the 'built' state").endsWith(reason);
  }

  @Test
  @DisplayName("§2.5 the latest version becomes one version when the draft is saved")
  void resolvesLatest() {
    // A save does not wait for npm for long; what it tells later is found by the next save.
    await()
        .atMost(BUILT)
        .until(
            () ->
                actions
                    .create(draft(returning("1"), "is-number@"))
                    .path("dependencies")
                    .path(0)
                    .path("version")
                    .asText(),
            version -> version.matches("\\d+\\.\\d+\\.\\d+"));
    assertThat(prints("latest")).containsExactly("true");
  }

  @Test
  @DisplayName("management-api §2.2 what is created to serve at once serves when it is built")
  void deploysWhenBuilt() {
    JsonNode deployed =
        await()
            .atMost(BUILT)
            .until(
                () -> admin.get(path(saved("deployed"))).body(),
                action -> action.path("deployed_version").has("id"));

    assertThat(deployed.path("all_changes_deployed").asBoolean()).isTrue();
    assertThat(TokenRequest.quickstart(actions.profile(deployed), "token").post().error())
        .isEqualTo("400 invalid_request: 1s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "../x|1.0.0|'Not the name of an npm package: ../x' on property dependencies[0].name.",
        "--registry|1.0.0|'Not the name of an npm package: --registry' on property"
            + " dependencies[0].name.",
        "a@npm:b|1.0.0|'Not the name of an npm package: a@npm:b' on property dependencies[0].name.",
        "ms|file:/tmp|'Neither one version, such as 1.2.3, nor latest: file:/tmp' on property"
            + " dependencies[0].version.",
        "ms|^2.0.0|'Neither one version, such as 1.2.3, nor latest: ^2.0.0' on property"
            + " dependencies[0].version.",
        "ms|npm:left-pad@1.3.0|'Neither one version, such as 1.2.3, nor latest:"
            + " npm:left-pad@1.3.0' on property dependencies[0].version.",
        "ms|git+ssh://a/b|'Neither one version, such as 1.2.3, nor latest: git+ssh://a/b' on"
            + " property dependencies[0].version.",
      })
  @DisplayName("§2.5 only a name and one version reach npm")
  void refusesOtherSpecifications(String name, String version, String detail) {
    ObjectNode body = body(EXCHANGE, "");
    body.withArray("dependencies").addObject().put("name", name).put("version", version);

    Response refused = admin.post("/actions/actions", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).isEqualTo("Payload validation error: " + detail);
  }

  @Test
  @DisplayName("§2.5 private registries are refused")
  void refusesPrivateRegistries() {
    ObjectNode body = draft("", "ms@2.1.3");
    ((ObjectNode) body.path("dependencies").path(0)).put("registry_url", "https://npm.example/");

    assertThat(admin.post("/actions/actions", body).message())
        .isEqualTo(
            "Payload validation error: 'Private registries are not supported' on property"
                + " dependencies[0].registry_url.");
  }
}
