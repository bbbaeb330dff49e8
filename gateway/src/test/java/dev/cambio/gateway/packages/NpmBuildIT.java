package dev.cambio.gateway.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine's npm and Node.js, and a registry that has hostile packages. */
@DisplayName("Builds of hostile packages, contract actions-runtime §2.5")
class NpmBuildIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String CANARY = "canary-7f3a";

  private static final String PROBE =
      """
      import fs from 'node:fs'
      import net from 'node:net'
      import { spawnSync } from 'node:child_process'
      const { read, write, port } = JSON.parse(fs.readFileSync(0, 'utf8'))
      const tried = (what) => { try { what(); return 'ok' } catch (e) { return e.code } }
      const run = (...line) => spawnSync(line[0], line.slice(1)).status
      const seen = {
        read: read.map((file) => tried(() => fs.readFileSync(file))),
        write: write.map((file) => tried(() => fs.appendFileSync(file, 'x'))),
        environment: Object.keys(process.env).filter((name) => !/^(OLDPWD|_)$/.test(name)).sort(),
        namespace: run('unshare', '--user', 'true'),
        mount: run('mount', '-t', 'tmpfs', 'none', '/build'),
      }
      const socket = net.connect(port, '127.0.0.1')
      const tell = (connect) => { console.log(JSON.stringify({ ...seen, connect })); process.exit() }
      socket.on('connect', () => tell('connected')).on('error', (e) => tell(e.code))
      """;

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
        name, "{\"dependencies\":" + Json.write(dependencies) + "}", Map.of("index.js", ""));
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
        .startsWith("The packages need one from elsewhere than the npm registry (E");
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
                    .isEqualTo(
                        "disk: A package cannot be unpacked: it is damaged, or there is no room"
                            + " (actions.build-disk-mb)"));
  }

  /** Code that is in a jail already tries what code of a package would. */
  @ParameterizedTest
  @EnumSource(Jail.Way.class)
  @DisplayName("code in a jail reads, writes, reaches and sees nothing of the machine")
  void confinesCode(Jail.Way way) throws IOException, BuildException {
    assumeTrue(way == Jail.Way.USER || System.getProperty("user.name").equals("root"));
    BuildSettings settings = TestBuilds.settings(BuildMode.ISOLATED, "npm", TIMEOUT, 16, Set.of());
    String node = JailPaths.of(settings).node().getFirst();
    Path here = Path.of("").toAbsolutePath();
    try (BuildDirectory directory = BuildDirectory.make(TIMEOUT, () -> false)) {
      directory.give("given.txt", "given");
      directory.enclose(way, settings);
      directory.write("probe.mjs", PROBE);
      String input =
          Json.write(
              Map.of(
                  "read",
                      List.of(
                          outside.resolve("secret").toString(),
                          here.resolve("pom.xml").toString(),
                          "/proc/self/environ",
                          "/old/etc/passwd",
                          "/etc/shadow",
                          "/given/given.txt"),
                  "write",
                      List.of(
                          "/x",
                          "/etc/passwd",
                          "/given/x",
                          node + ".x",
                          settings.bundler().resolve("x").toString(),
                          outside.resolve("written").toString(),
                          "/build/x"),
                  "port", elsewhere.hostPort().split(":")[1]));

      BuildDirectory.Done done = directory.run(input, List.of(node, "probe.mjs"));

      assertThat(done.exit()).as(done.output()).isZero();
      JsonNode seen = Json.parse(done.output());
      assertThat(seen.path("read").toString())
          .isEqualTo("[\"ENOENT\",\"ENOENT\",\"ENOENT\",\"ENOENT\",\"ENOENT\",\"ok\"]");
      assertThat(seen.path("write").toString())
          .matches("\\[(\"(EROFS|EACCES|ENOENT)\",){6}\"ok\"]");
      assertThat(seen.path("connect").asText()).isEqualTo("ENETUNREACH");
      assertThat(seen.path("environment").toString()).isEqualTo("[\"HOME\",\"PATH\",\"PWD\"]");
      assertThat(seen.path("namespace").asInt()).isEqualTo(way == Jail.Way.ROOT ? 0 : 1);
      assertThat(seen.path("mount").asInt()).isNotZero();
      assertThat(Files.exists(outside.resolve("written"))).isFalse();
      assertThat(elsewhere.requests()).isEmpty();
    }
  }

  @Test
  @DisplayName("a build that takes too much memory is ended, and what it started too")
  void limitsMemory() throws IOException, BuildException {
    BuildSettings settings = TestBuilds.settings(BuildMode.ISOLATED, "npm", TIMEOUT, 16, Set.of());
    BuildIsolation isolation = BuildIsolation.find(settings);
    try (BuildDirectory directory = BuildDirectory.make(TIMEOUT, () -> false)) {
      directory.enclose(isolation.way().orElseThrow(), settings);
      String node = JailPaths.of(settings).node().getFirst();

      assertThat(takes(64, node, directory)).isTrue();
      assertThat(takes(3072, node, directory)).isFalse();
    }
  }

  private static boolean takes(int mebibytes, String node, BuildDirectory directory)
      throws IOException {
    String fills =
        "const a = []; while (a.length < %d) a.push(Buffer.alloc(1 << 20, 1))".formatted(mebibytes);
    try {
      return directory.run("", List.of(node, "-e", fills)).exit() == 0;
    } catch (BuildException e) {
      assertThat(e.id()).isEqualTo("memory");
      return false;
    }
  }

  @Test
  @DisplayName("where nothing can be isolated or builds are off, that is said with the setting")
  void refuses() {
    assertThat(failed(BuildMode.OFF, "honest").reason())
        .isEqualTo("Packages that need npm are not built here: actions.builds is off");
    BuildIsolation none =
        new BuildIsolation(BuildMode.ISOLATED, Optional.empty(), "unshare failed");
    assertThat(none.builds()).isFalse();
    assertThat(none.refusal())
        .isEqualTo(
            "Packages that need npm are not built here: actions.builds is isolated, and this"
                + " machine does not let builds be isolated (unshare failed); actions.builds:"
                + " trusted builds them without");
  }

  @Test
  @DisplayName("names and versions that npm would take for options or places do not reach it")
  void refusesOtherNames() {
    for (Map.Entry<String, String> other :
        Map.of("--registry", "1.0.0", "honest", "file:/etc", "../x", "1.0.0", "x", "--git=x")
            .entrySet()) {
      PackageInputs inputs =
          new PackageInputs(
              new TreeMap<>(Map.of(other.getKey(), other.getValue())), new TreeSet<>());

      assertThat(npm(BuildMode.TRUSTED, 16).build(inputs, Optional.empty(), () -> false))
          .isInstanceOfSatisfying(
              BuildOutcome.Failed.class,
              failed -> assertThat(failed.id()).isEqualTo("not_a_package"));
    }
  }
}
