package dev.cambio.gateway.weather;

import static org.awaitility.Awaitility.await;

import dev.cambio.e2e.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Gateways, actions nodes and a database, as the README describes them: roles apart, joined by
 * {@code tcp-ip}, behind a proxy that ends TLS, which is us.
 */
final class Installation implements AutoCloseable {
  static final String TENANT = "weather";
  static final String DOMAIN = "weather.example";

  private static final String LOOPBACK = "127.0.0.1";

  /** Long enough for machines that do a lot besides: who gives up starts make them longer. */
  private static final Duration START = Duration.ofMinutes(10);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration REJOIN = Duration.ofSeconds(60);
  private static final Map<String, String> SECRETS =
      Map.of(
          "CAMBIO_MASTER_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
          "CAMBIO_CLUSTER_SECRET", "cluster-secret-0123456789abcdef-0123456789");

  private final Plan plan;
  private final Path distribution = distribution();
  private final Optional<Wires> wires;
  private final Database database;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final Thread hook = new Thread(this::clearAway);

  private Installation(Plan plan) throws IOException {
    this.plan = plan;
    FileUtils.deleteDirectory(plan.directory().toFile());
    Files.createDirectories(plan.directory());
    this.wires =
        plan.wired() && Wires.canBeLaid() ? Optional.of(Wires.lay(plan.nodes())) : Optional.empty();
    this.database = Database.start(plan.directory().resolve("database"), machine());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Starts one; returns when all of it is ready. */
  static Installation start(Plan plan) {
    Installation installation;
    try {
      installation = new Installation(plan);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      installation.plant();
      installation.importTenant();
      installation.calm();
      return installation;
    } catch (RuntimeException | IOException | InterruptedException e) {
      installation.close();
      throw new IllegalStateException("the installation did not start; see " + plan.directory(), e);
    }
  }

  /** The distribution that the build has made. */
  private static Path distribution() {
    Path target = Path.of(System.getProperty("cambio.home")).resolve("gateway").resolve("target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(path -> Files.isExecutable(path.resolve("bin").resolve("cambio")))
          .max(Comparator.naturalOrder())
          .orElseThrow(() -> new IllegalStateException("no distribution in " + target));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String machine() {
    return wires.isPresent() ? Wires.MACHINE : LOOPBACK;
  }

  private void plant() {
    List<String> addresses = new ArrayList<>();
    List<String> members = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < plan.nodes(); i++) {
      int index = i;
      addresses.add(wires.map(laid -> laid.address(index)).orElse(LOOPBACK));
      ports.add(FreePort.find());
      members.add(addresses.get(i) + ":" + ports.get(i));
    }
    for (int i = 0; i < plan.nodes(); i++) {
      boolean gateway = i < plan.gateways();
      String name = gateway ? "gateway-" + (i + 1) : "actions-" + (i - plan.gateways() + 1);
      Map<String, String> environment = environment(addresses.get(i));
      environment.put("CAMBIO_ROLES", roles(gateway));
      environment.put("CAMBIO_CLUSTER_JOIN", plan.actions() == 0 ? "none" : "tcp-ip");
      environment.put("CAMBIO_CLUSTER_PORT", Integer.toString(ports.get(i)));
      environment.put("CAMBIO_CLUSTER_MEMBERS", String.join(",", members));
      nodes.add(node(name, i, environment));
    }
  }

  private String roles(boolean gateway) {
    if (plan.actions() == 0) {
      return "gateway,actions";
    }
    return gateway ? "gateway" : "actions";
  }

  private NodeProcess node(String name, int index, Map<String, String> environment) {
    return new NodeProcess(
        name,
        plan.directory().resolve(name),
        wires.map(laid -> laid.at(index)).orElse(List.of()),
        environment,
        wires.map(laid -> laid.address(index)).orElse(LOOPBACK));
  }

  private Map<String, String> environment(String address) {
    Map<String, String> environment = new HashMap<>(SECRETS);
    environment.put("CAMBIO_JAVA_HOME", System.getProperty("java.home"));
    environment.put("CAMBIO_JAVA_OPTS", "-Xmx384m");
    environment.put("CAMBIO_DATABASE_URL", database.url());
    environment.put("CAMBIO_HTTP_BEHIND_TLS_PROXY", "true");
    environment.put("CAMBIO_HTTP_TRUSTED_PROXIES", machine());
    environment.put("CAMBIO_HTTP_HOST", address);
    environment.put("CAMBIO_HTTP_PORT", Integer.toString(FreePort.find()));
    environment.put("CAMBIO_OPS_HOST", address);
    environment.put("CAMBIO_OPS_PORT", Integer.toString(FreePort.find()));
    environment.put("CAMBIO_CLUSTER_JOIN", "tcp-ip");
    environment.put("CAMBIO_CLUSTER_HOST", address);
    environment.put("CAMBIO_ACTIONS_SELF_TEST", Boolean.toString(plan.selfTest()));
    return environment;
  }

  /**
   * A further actions node on this machine, not yet started and nobody's member by its address.
   *
   * @param changes environment variables that it has instead
   */
  NodeProcess stranger(String name, Map<String, String> changes) {
    Map<String, String> environment = environment(machine());
    environment.put("CAMBIO_ROLES", "actions");
    environment.put("CAMBIO_CLUSTER_PORT", Integer.toString(FreePort.find()));
    environment.put(
        "CAMBIO_CLUSTER_MEMBERS",
        String.join(",", nodes.stream().map(NodeProcess::member).toList()));
    environment.putAll(changes);
    return new NodeProcess(name, plan.directory().resolve(name), List.of(), environment, machine());
  }

  /** The tenant of src/test/resources/weather-tenant, with the quickstart's Actions. */
  private void importTenant() throws IOException, InterruptedException {
    Path tenant = plan.directory().resolve("tenant");
    Path home = Path.of(System.getProperty("cambio.home"));
    FileUtils.copyDirectory(
        Path.of("src", "test", "resources", "weather-tenant").toFile(), tenant.toFile());
    FileUtils.copyDirectory(
        home.resolve("config").resolve("quickstart").resolve("actions").toFile(),
        tenant.resolve("actions").toFile());
    Process process =
        command("import", tenant.toString(), "--tenant=" + TENANT, "--domain=" + DOMAIN).start();
    if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(
          "the tenant was not imported; see " + plan.directory().resolve("import.txt"));
    }
  }

  private ProcessBuilder command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(distribution.resolve("bin").resolve("cambio").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(plan.directory().resolve("import.txt").toFile());
    builder.environment().keySet().removeIf(key -> key.startsWith("CAMBIO_"));
    builder.environment().putAll(nodes.getFirst().environment());
    return builder;
  }

  Path directory() {
    return plan.directory();
  }

  Database database() {
    return database;
  }

  /** The wires between nodes, unless this machine does not allow them. */
  Optional<Wires> wires() {
    return wires;
  }

  List<NodeProcess> nodes() {
    return List.copyOf(nodes);
  }

  List<NodeProcess> gateways() {
    return List.copyOf(nodes.subList(0, plan.gateways()));
  }

  List<NodeProcess> actions() {
    return List.copyOf(nodes.subList(plan.gateways(), plan.nodes()));
  }

  /** Starts a node of the installation that has ended. */
  void start(NodeProcess node) {
    node.start(distribution);
  }

  /** Whether every node is ready and sees all the others. */
  boolean isWhole() {
    return nodes.stream().allMatch(node -> node.isReady() && node.members() == plan.nodes());
  }

  /** Mends whatever the last scenario left broken; returns when all nodes are ready and joined. */
  void calm() {
    wires.ifPresent(Wires::heal);
    nodes.stream().filter(NodeProcess::isAlive).forEach(NodeProcess::thaw);
    if (!becomesWhole(REJOIN) && nodes.stream().allMatch(NodeProcess::isReady)) {
      // Ready but apart: they will not find each other any more.
      restartAll();
    }
    await().atMost(START).pollInterval(POLL).until(this::isRevived);
  }

  private void restartAll() {
    nodes.forEach(NodeProcess::destroy);
    nodes.forEach(this::start);
  }

  /** Starts again what has ended, as whoever supervises processes does. */
  private boolean isRevived() {
    nodes.stream().filter(node -> !node.isAlive()).forEach(this::start);
    return isWhole();
  }

  private boolean becomesWhole(Duration patience) {
    try {
      await().atMost(patience).pollInterval(POLL).until(this::isRevived);
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    clearAway();
  }

  private void clearAway() {
    nodes.forEach(NodeProcess::destroy);
    database.close();
    wires.ifPresent(Wires::close);
  }
}
