package dev.cambio.gateway.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine's npm and Node.js, and a registry that has hostile packages. */
@DisplayName("Builds of hostile packages, contract actions-runtime §2.5")
class NpmBuildIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String CANARY = "canary-7f3a";

  @TempDir private static Path outside;

  private static TestRegistry registry;
  private static TestRegistry elsewhere;
  private static Path ran;

  @BeforeAll
  static void publish() throws IOException {
    registry = new TestRegistry();
    elsewhere = new TestRegistry();
    ran = outside.resolve("ran");
    Files.writeString(outside.resolve("secret"), CANARY);
    Files.writeString(outside.resolve("secret.json"), "{\"" + CANARY);
    registry.publish("honest", "{}", Map.of("index.js", "module.exports = 'honest'"));
    elsewhere.publish("tarball", "{}", Map.of("index.js", "module.exports = 1"));
    String repository = "git+file://" + repository();
    Map<String, String> sources = new HashMap<>();
    sources.put("git", repository);
    sources.put("github", "github:cambio-evil/none#0123456789abcdef0123456789abcdef01234567");
    sources.put("remote", elsewhere.url() + "tarballs/tarball.tgz");
    sources.put("file", "file:" + outside.resolve("none.tgz"));
    sources.put("link", "link:" + outside);
    sources.put("directory", outside.toString());
    for (Map.Entry<String, String> source : sources.entrySet()) {
      publish("needs-" + source.getKey(), Map.of("evil", source.getValue()));
      publish("optional-" + source.getKey(), Map.of("needs-" + source.getKey(), "1.0.0"));
      publish(
          "alias-" + source.getKey(), Map.of("other", "npm:needs-" + source.getKey() + "@1.0.0"));
    }
  }

  @AfterAll
  static void close() {
    registry.close();
    elsewhere.close();
  }

  private static void publish(String name, Map<String, String> dependencies) {
    registry.publish(
        name,
        "{\"dependencies\":" + dev.cambio.model.bus.Json.write(dependencies) + "}",
        Map.of("index.js", ""));
  }

  /** A repository that runs code when it is prepared, and when git is started for it. */
  private static Path repository() throws IOException {
    Path repository = Files.createDirectory(outside.resolve("repository"));
    Files.writeString(
        repository.resolve("package.json"),
        """
        {"name":"evil","version":"1.0.0","scripts":{"prepare":"echo prepare >> %s"},
         "dependencies":{"more":"git+file://%s#other"}}
        """
            .formatted(ran, repository));
    Files.writeString(repository.resolve(".npmrc"), "git=./evil.sh\n");
    Path script = repository.resolve("evil.sh");
    Files.writeString(script, "#!/bin/sh\necho git >> " + ran + "\nexit 1\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String command :
        List.of("init -q", "add -A", "-c user.name=e -c user.email=e@e commit -q -m e")) {
      Process git =
          new ProcessBuilder(("git -C " + repository + " " + command).split(" "))
              .inheritIO()
              .start();
      assertThat(git.onExit().join().exitValue()).as(command).isZero();
    }
    return repository;
  }

  private static PackageInputs inputs(String... names) {
    TreeMap<String, String> dependencies = new TreeMap<>();
    for (String name : names) {
      dependencies.put(name, TestRegistry.VERSION);
    }
    return new PackageInputs(dependencies, new TreeSet<>(List.of(names)));
  }

  private static NpmBuild npm(BuildMode mode, int diskMb) {
    Map<String, String> environment = new HashMap<>(new ProcessBuilder().environment());
    environment.put("HOME", outside.toString());
    environment.put("npm_config_registry", registry.url());
    environment.put("npm_config_//" + registry.hostPort() + "/:_authToken", "registry-token");
    environment.put("npm_config_fetch_retries", "0");
    return new NpmBuild(TestBuilds.settings(mode, "npm", TIMEOUT, diskMb, Set.of()), environment);
  }

  private static BuildOutcome build(BuildMode mode, String... names) {
    return npm(mode, 64).build(inputs(names), Optional.empty(), () -> false);
  }

  private static BuildOutcome.Failed failed(BuildMode mode, String... names) {
    BuildOutcome outcome = build(mode, names);
    assertThat(outcome).isInstanceOf(BuildOutcome.Failed.class);
    return (BuildOutcome.Failed) outcome;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "needs-git",
        "optional-git",
        "alias-git",
        "needs-github",
        "needs-remote",
        "needs-file",
        "needs-link",
        "needs-directory"
      })
  @DisplayName("a package that needs one from elsewhere fails, npm runs nothing and asks nobody")
  void refusesForeignPackages(String name) {
    BuildOutcome.Failed failed = failed(BuildMode.TRUSTED, name);

    assertThat(failed.id()).as("%s", failed).isEqualTo("foreign_package");
    assertThat(failed.reason())
        .startsWith("The packages need one from elsewhere than the npm registry (EALLOW");
    assertThat(ran).doesNotExist();
    assertThat(elsewhere.requests()).isEmpty();
  }

  @Test
  @DisplayName("where builds are isolated, what is no registry is not reached, and that is said")
  void reachesRegistriesOnly() {
    BuildOutcome.Failed failed = failed(BuildMode.ISOLATED, "optional-remote");

    assertThat(failed.id() + ": " + failed.reason())
        .isEqualTo(
            "host_refused: %s is neither a registry of npm's settings nor listed in"
                    .formatted(elsewhere.hostPort())
                + " actions.build-hosts");
    assertThat(elsewhere.requests()).isEmpty();
  }

  @Test
  @DisplayName("an honest package is built in a jail, with the token of the operator's settings")
  void buildsHonestPackages() {
    registry.publish(
        "bundled",
        "{\"bundleDependencies\":[\"inner\"],"
            + "\"dependencies\":{\"inner\":\"1.0.0\",\"other\":\"npm:honest@^1.0.0\"}}",
        Map.of(
            "index.js",
                "module.exports = require('inner') + require('other') + require('./a.json').a",
            "a.json", "{\"a\":\"json\"}",
            "node_modules/inner/package.json", "{\"name\":\"inner\",\"version\":\"1.0.0\"}",
            "node_modules/inner/index.js", "module.exports = 'inner'"));
    registry.requests().clear();

    BuildOutcome outcome = build(BuildMode.ISOLATED, "honest", "bundled");

    assertThat(outcome).as("%s", outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(((BuildOutcome.Built) outcome).source())
        .contains("\"inner\"", "\"honest\"", "\"json\"");
    assertThat(registry.requests())
        .contains("/honest Bearer registry-token")
        .allMatch(request -> request.endsWith(" Bearer registry-token"));
    assertThat(outcome.log()).doesNotContain("registry-token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ISOLATED", "TRUSTED"})
  @DisplayName("the bundler reads files of the packages alone, and quotes no other")
  void readsPackagesOnly(BuildMode mode) {
    String up = "../".repeat(20);
    Map<String, String> files = new TreeMap<>();
    files.put("absolute.js", "import a from '%s/secret' with { type: 'text' }; export { a }");
    files.put(
        "upwards.js", "import a from '" + up + "%s/secret' with { type: 'text' }; export { a }");
    files.put("json.js", "module.exports = require('%s/secret.json')");
    files.put(
        "environ.js", "import a from '/proc/self/environ' with { type: 'text' }; export { a }");
    files.put("own.js", "import a from './own.txt' with { type: 'text' }; export { a }");
    files.put("own.txt", "text");
    files.put("glob.js", "module.exports = name => require('" + up + "%s/' + name + '.json')");
    files.put("css.js", "import './style.css'");
    files.put("style.css", "@import '%s/secret';");
    files.put("mapped.js", "module.exports = require('./browser')");
    files.put("browser.js", "");
    files.put("link.js", "module.exports = require('./symbolic')");
    files.put("symbolic.js", "-> " + up + outside.resolve("secret"));
    files.replaceAll((_, content) -> content.replace("%s", outside.toString()));
    StringBuilder index = new StringBuilder();
    files.keySet().stream()
        .filter(file -> file.endsWith(".js") && !file.equals("symbolic.js"))
        .forEach(file -> index.append("require('./").append(file).append("');"));
    files.put("index.js", index.toString());
    registry.publish(
        "reader",
        "{\"browser\":{\"./browser.js\":\"" + up + outside.resolve("secret.json") + "\"}}",
        files);

    BuildOutcome.Failed failed = failed(mode, "reader");

    assertThat(failed.id()).as("%s", failed).isEqualTo("module_not_found");
    assertThat(failed.log())
        .doesNotContain(CANARY)
        .contains("Cannot find module '" + outside + "/secret' (node_modules/reader/absolute.js:1)")
        .contains("Cannot find module '/proc/self/environ'")
        .contains("Import attributes other than type: 'json' are not supported")
        .contains("style.css is neither JavaScript nor JSON")
        .contains("Cannot find module './symbolic'");
    if (mode == BuildMode.TRUSTED) {
      assertThat(failed.log()).contains("A package names a file outside of the packages");
    }
  }

  @Test
  @DisplayName("what unpacks to more than builds may have fails")
  void limitsFiles() {
    registry.publish("bomb", "{}", Map.of("zeros", "0".repeat(40 << 20)));

    BuildOutcome outcome =
        npm(BuildMode.ISOLATED, 16).build(inputs("bomb"), Optional.empty(), () -> false);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            BuildOutcome.Failed.class,
            failed ->
                assertThat(failed.id() + ": " + failed.reason())
                    .isEqualTo("disk: There is no room for the build's files"));
  }
}
