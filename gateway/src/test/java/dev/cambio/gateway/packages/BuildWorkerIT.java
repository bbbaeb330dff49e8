package dev.cambio.gateway.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.database.TestPostgres;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.TenantQueries;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that fail, hang or never end stand for npm where the registry has no part in it. */
@DisplayName("Builds, contract actions-runtime §2.3, §2.5")
class BuildWorkerIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static TestPostgres postgres;
  private static Vertx vertx;
  private static Pool pool;
  private static Database database;
  private static TenantQueries rows;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    postgres = TestPostgres.create();
    vertx = Vertx.vertx();
    pool =
        PgBuilder.pool()
            .connectingTo(PgConnectOptions.fromUri(postgres.url()))
            .using(vertx)
            .build();
    database = new Database(pool);
    rows = new TenantQueries(database, "t");
    pool.query("insert into tenant (id, domain) values ('t', 't.example')").execute().await();
  }

  @AfterAll
  static void stop() throws IOException {
    pool.close().await();
    vertx.close().await();
  }

  @AfterEach
  void clean() {
    pool.query("delete from action_build").execute().await();
  }

  private static PackageInputs inputs(String name, String version) {
    return new PackageInputs(new TreeMap<>(Map.of(name, version)), new TreeSet<>(List.of(name)));
  }

  /** What stands for npm writes where no jail lets it. */
  private static ActionPackages packages(String npm, Duration timeout) {
    BuildMode mode = npm.equals("npm") ? BuildMode.ISOLATED : BuildMode.TRUSTED;
    return new ActionPackages(TestBuilds.settings(mode, npm, timeout));
  }

  /** A command in npm's stead, which tells settings as npm does. */
  private String command(String script) throws IOException {
    Path file = directory.resolve("command.sh");
    Files.writeString(
        file,
        """
        #!/bin/sh
        if [ "$1" = config ]; then exec npm "$@"; fi
        """
            + script
            + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }

  private static PackageBuild request(ActionPackages packages, PackageInputs inputs) {
    return new PackageBuilds(packages).request(rows, inputs);
  }

  private static PackageBuild find(PackageInputs inputs) {
    return new PackageBuilds(packages("npm", TIMEOUT)).find(rows, inputs.id()).orElseThrow();
  }

  private static String reason(BuildOutcome outcome) {
    assertThat(outcome).isInstanceOf(BuildOutcome.Failed.class);
    BuildOutcome.Failed failed = (BuildOutcome.Failed) outcome;
    return failed.id() + ": " + failed.reason();
  }

  @Test
  @DisplayName("§2.3 of two nodes, one builds")
  void buildsOnce() throws IOException {
    Path begun = directory.resolve("begun");
    ActionPackages failing =
        packages(command("echo x >> " + begun + "; sleep 0.1; exit 1"), TIMEOUT);
    List<PackageInputs> all =
        IntStream.range(0, 8).mapToObj(i -> inputs("p" + i, "1.0.0")).toList();
    all.forEach(inputs -> request(failing, inputs));

    try (BuildWorker one = new BuildWorker(vertx, database, failing, (_, _) -> {});
        BuildWorker other = new BuildWorker(vertx, database, failing, (_, _) -> {})) {
      one.start();
      other.start();
      await()
          .atMost(TIMEOUT)
          .until(() -> all.stream().allMatch(each -> find(each).status().equals("failed")));
    }

    assertThat(Files.readAllLines(begun)).hasSize(all.size());
  }

  @Test
  @DisplayName(
      "§2.3 what a node that died was building is taken over, and its outcome counts no more")
  void takesOver() throws IOException {
    PackageInputs inputs = inputs("ms", "1.0.0");
    ActionPackages failing = packages(command("exit 1"), TIMEOUT);
    request(failing, inputs);
    BuildLease dead = BuildLease.claim(database).orElseThrow();
    assertThat(BuildLease.claim(database)).isEmpty();
    assertThat(find(inputs).status()).isEqualTo("building");

    pool.query("update action_build set leased_until = now() - interval '1 second'")
        .execute()
        .await();
    BuildLease heir = BuildLease.claim(database).orElseThrow();
    dead.finish(new BuildOutcome.Built("late", "{}", ""), (_, _) -> {});
    assertThat(find(inputs).status()).isEqualTo("building");
    heir.finish(new BuildOutcome.Failed("npm", "why", "log"), (_, _) -> {});

    assertThat(find(inputs).status()).isEqualTo("failed");
    assertThat(find(inputs).errors().path(0).path("msg").asText()).isEqualTo("why");
    assertThat(request(failing, inputs).status()).isEqualTo("pending");
  }

  @Test
  @DisplayName("§2.3 a build that three nodes died of is given up")
  void givesUp() throws IOException {
    PackageInputs inputs = inputs("ms", "1.0.0");
    ActionPackages packages = packages(command("exit 1"), TIMEOUT);
    request(packages, inputs);
    pool.query("update action_build set attempts = 3").execute().await();

    BuildLease lease = BuildLease.claim(database).orElseThrow();

    assertThat(reason(lease.build(packages, () -> false)))
        .isEqualTo("interrupted: The build was broken off 3 times");
  }

  @Test
  @DisplayName("§2.3 a node that stops ends its build and gives it back at once")
  void givesBack() throws IOException {
    Path begun = directory.resolve("begun");
    PackageInputs inputs = inputs("ms", "1.0.0");
    ActionPackages hanging = packages(command("echo $$ > " + begun + "; sleep 60"), TIMEOUT);
    request(hanging, inputs);
    try (BuildWorker worker = new BuildWorker(vertx, database, hanging, (_, _) -> {})) {
      worker.start();
      await().atMost(TIMEOUT).until(() -> Files.exists(begun) && Files.size(begun) > 0);
    }

    assertThat(find(inputs).status()).isEqualTo("pending");
    assertThat(ProcessHandle.of(Long.parseLong(Files.readString(begun).strip()))).isEmpty();
  }

  @Test
  @DisplayName("§2.5 time and output of a build are bounded; where npm is missing, that is said")
  void bounds() throws IOException {
    PackageInputs inputs = inputs("ms", "1.0.0");

    assertThat(
            reason(
                packages(command("sleep 60"), Duration.ofMillis(300))
                    .build(inputs, Optional.empty(), () -> false)))
        .isEqualTo("timeout: The build took too long");
    assertThat(
            reason(packages(command("yes"), TIMEOUT).build(inputs, Optional.empty(), () -> false)))
        .isEqualTo("output: The build printed too much");
    assertThat(reason(packages("/no/npm", TIMEOUT).build(inputs, Optional.empty(), () -> false)))
        .isEqualTo(
            "npm_missing: npm is not installed here ('/no/npm' cannot be run), so no packages can"
                + " be installed");
  }

  @Test
  @DisplayName("§2.5 a build leaves no directory, and its commands do not see the node's secrets")
  void leavesNothing() throws IOException {
    Path seen = directory.resolve("seen");
    ActionPackages failing = packages(command("(pwd; env) > " + seen + "; exit 1"), TIMEOUT);

    assertThat(failing.build(inputs("ms", "1.0.0"), Optional.empty(), () -> false))
        .isInstanceOf(BuildOutcome.Failed.class);

    List<String> lines = Files.readAllLines(seen);
    assertThat(Path.of(lines.getFirst())).doesNotExist();
    assertThat(lines).anyMatch(line -> line.startsWith("PATH="));
    assertThat(lines).noneMatch(line -> line.startsWith("CAMBIO_"));
  }

  @Test
  @DisplayName("§2.5 of many drafts that ask for the latest version, few look it up and few wait")
  void boundsLookups() throws Exception {
    Path begun = directory.resolve("begun");
    Path go = directory.resolve("go");
    Files.createFile(begun);
    ActionPackages npm =
        packages(
            command("echo x >> %s; while ! [ -e %s ]; do sleep 0.05; done".formatted(begun, go)),
            TIMEOUT);
    npm.protection();
    List<ObjectNode> drafts =
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    JsonNodeFactory.instance
                        .objectNode()
                        .put("name", "cambio-" + i)
                        .put("version", PackageName.LATEST))
            .toList();
    AtomicInteger left = new AtomicInteger();
    try (ExecutorService savers = Executors.newVirtualThreadPerTaskExecutor()) {
      drafts.forEach(
          draft ->
              savers.execute(
                  () -> {
                    npm.resolve(JsonNodeFactory.instance.arrayNode().add(draft));
                    left.incrementAndGet();
                  }));
      await().atMost(TIMEOUT).until(() -> left.get() >= 42);
      assertThat(Files.readAllLines(begun).size()).isLessThanOrEqualTo(2);
      Files.createFile(go);
    }
    assertThat(drafts).allMatch(draft -> draft.path("version").asText().equals(PackageName.LATEST));
  }

  @Test
  @DisplayName(
      "§2.5 the same packages come again by the lockfile; whatever differs from it is refused")
  void verifiesIntegrity() {
    ActionPackages npm = packages("npm", TIMEOUT);
    PackageInputs inputs = inputs("ms", "2.1.3");
    BuildOutcome first = npm.build(inputs, Optional.empty(), () -> false);
    assertThat(first).isInstanceOf(BuildOutcome.Built.class);
    BuildOutcome.Built built = (BuildOutcome.Built) first;

    assertThat(npm.build(inputs, Optional.of(built.lockfile()), () -> false))
        .isInstanceOfSatisfying(
            BuildOutcome.Built.class,
            again -> assertThat(again.source()).isEqualTo(built.source()));
    String other = built.lockfile().replaceFirst("sha512-.{20}", "sha512-" + "A".repeat(20));
    assertThat(reason(npm.build(inputs, Optional.of(other), () -> false)))
        .isEqualTo("integrity: The integrity of a package could not be verified (EINTEGRITY)");
    String none = built.lockfile().replaceFirst("\"integrity\": \"[^\"]*\",", "");
    assertThat(reason(npm.build(inputs, Optional.of(none), () -> false)))
        .isEqualTo(
            "integrity: 'ms' does not come from the npm registry with an integrity to verify");
  }
}
