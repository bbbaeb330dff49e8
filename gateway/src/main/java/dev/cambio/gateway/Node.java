package dev.cambio.gateway;

import dev.cambio.gateway.cluster.ClusterNode;
import dev.cambio.gateway.cluster.ClusterSettings;
import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.gateway.config.Role;
import dev.cambio.gateway.config.StartupException;
import dev.cambio.gateway.database.DatabaseServer;
import dev.cambio.gateway.files.ImportOptions;
import dev.cambio.gateway.files.ImportSettings;
import dev.cambio.gateway.files.TenantImporter;
import dev.cambio.gateway.files.TenantWatch;
import dev.cambio.gateway.http.HttpSettings;
import dev.cambio.gateway.http.TlsIdentity;
import dev.cambio.gateway.http.TrustedProxies;
import dev.cambio.gateway.load.ConnectionLimits;
import dev.cambio.gateway.load.Drain;
import dev.cambio.gateway.load.GatedTransport;
import dev.cambio.gateway.load.GatedTransport.Rules;
import dev.cambio.gateway.load.HeapHeadroom;
import dev.cambio.gateway.ops.Health;
import dev.cambio.gateway.ops.HealthCheck;
import dev.cambio.gateway.ops.Metrics;
import dev.cambio.gateway.ops.OpsServer;
import dev.cambio.gateway.ops.OpsSettings;
import dev.cambio.gateway.ops.Parts;
import dev.cambio.gateway.ops.PortCheck;
import dev.cambio.model.cluster.ClusterHealth;
import dev.cambio.model.cluster.ClusterMember;
import dev.cambio.model.cluster.RecordForm;
import dev.cambio.model.cluster.SharedMaps;
import dev.cambio.runtime.ActionsNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running process: starts the parts that its roles need, in order, and stops them in reverse.
 * The only class that knows both the gateway and the Actions runtime.
 */
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final String QUICKSTART_TENANT = "quickstart";

  private final Parts parts = new Parts();
  private final Metrics metrics = new Metrics();
  private final NodeConfiguration configuration;
  private final Clock clock;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile boolean ready;
  private Optional<OpsServer> ops = Optional.empty();
  private Optional<Gateway> gateway = Optional.empty();
  private Optional<Path> tlsCertificate = Optional.empty();

  private Node(NodeConfiguration configuration, Clock clock) {
    this.configuration = configuration;
    this.clock = clock;
  }

  /**
   * Starts a node and has the end of the process stop it; blocks until it is ready.
   *
   * @throws StartupException or another exception that says in one line why not; whatever was
   *     started by then has been stopped
   */
  public static Node start(NodeConfiguration configuration, Clock clock) {
    Node node = new Node(configuration, clock);
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "cambio-stop"));
    LOG.info("Starting: {}", configuration.node().roles());
    long startedAt = System.nanoTime();
    try {
      node.start();
      node.parts.startEnded();
      LOG.info("Ready after {} ms", Duration.ofNanos(System.nanoTime() - startedAt).toMillis());
      return node;
    } catch (RuntimeException | Error e) {
      node.parts.startEnded();
      node.close();
      throw e;
    }
  }

  /** The port that token requests go to; 0 without the gateway role. */
  public int httpPort() {
    return gateway.map(Gateway::httpPort).orElse(0);
  }

  /** The port of HTTPS; 0 without. */
  public int httpsPort() {
    return gateway.map(Gateway::httpsPort).orElse(0);
  }

  /** The certificate that the TLS listener shows; empty without. */
  public Optional<Path> tlsCertificate() {
    return tlsCertificate;
  }

  public int opsPort() {
    return ops.map(OpsServer::port).orElse(0);
  }

  /** Waits until the node has stopped. */
  public void awaitClosed() throws InterruptedException {
    parts.awaitClosed();
  }

  /**
   * Stops: says so first, goes on serving for a while, then takes nothing more and lets what is
   * under way finish; a second call waits for the first.
   */
  @Override
  public void close() {
    boolean first = stopping.compareAndSet(false, true);
    if (first && ready) {
      drain();
    }
    parts.close();
    if (first) {
      LOG.info("Stopped");
    }
  }

  private void drain() {
    LOG.info(
        "Draining: serving for {} ms more, then {} ms at most for what is under way",
        delay().toMillis(),
        configuration.shutdown().drain().toMillis());
    ops.ifPresent(OpsServer::draining);
    gateway.ifPresent(Gateway::drain);
    try {
      TimeUnit.MILLISECONDS.sleep(delay().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Other nodes hear at once that an Actions node begins nothing more. */
  private Duration delay() {
    return gateway.isPresent() ? configuration.shutdown().delay() : Duration.ZERO;
  }

  private void start() {
    requireStartable();
    ClusterMember cluster =
        parts.add(
            "cluster",
            ClusterNode.start(
                configuration.cluster(), forms(), new SecureRandom(), new GatedTransport(gates())));
    SharedMaps maps = new SharedMaps(cluster.hazelcast(), configuration.cluster().mapTimeout());
    OpsServer opsServer = OpsServer.start(cluster.vertx(), configuration.ops(), metrics::text);
    ops = Optional.of(opsServer);
    opsServer.add(HealthCheck.of("cluster", () -> health(cluster)));
    // Guest processes take seconds to warm up; the database starts meanwhile.
    Optional<Future<ActionsNode>> actions =
        configuration.node().has(Role.ACTIONS)
            ? Optional.of(startActions(cluster, maps))
            : Optional.empty();
    Optional<Storage> storage =
        configuration.node().has(Role.GATEWAY)
            ? Optional.of(Storage.open(parts, configuration, clock))
            : Optional.empty();
    actions
        .map(Node::blocking)
        .ifPresent(node -> opsServer.add(HealthCheck.of("actions", () -> health(node.health()))));
    storage.ifPresent(ready -> startGateway(cluster, maps, ready, opsServer));
    opsServer.serving();
    ready = true;
  }

  /** Every node has all of them: it may keep what only others use. */
  private static List<RecordForm<?>> forms() {
    return Stream.concat(Gateway.forms().stream(), ActionsNode.forms().stream()).toList();
  }

  private Future<ActionsNode> startActions(ClusterMember cluster, SharedMaps maps) {
    Future<ActionsNode> actions =
        ActionsNode.start(
            cluster.vertx(),
            cluster.hazelcast(),
            maps,
            cluster.seal(),
            configuration.actions(),
            metrics.registry(),
            clock);
    // Registered before it is ready, so that a start that fails elsewhere waits for it and stops
    // it. Its own failure is told by the start.
    parts.add(
        "actions",
        () ->
            blocking(
                actions.compose(
                    node -> node.drain(configuration.shutdown().drain()).compose(_ -> node.close()),
                    _ -> Future.succeededFuture())));
    return actions;
  }

  private void startGateway(
      ClusterMember cluster, SharedMaps maps, Storage storage, OpsServer opsServer) {
    DatabaseServer database =
        DatabaseServer.connect(cluster.vertx(), storage.url(), configuration.database());
    // Closed before the database that this node may have started.
    parts.add("database", () -> blocking(database.close()));
    opsServer.add(HealthCheck.of("database", () -> health(database)));
    HttpSettings http = configuration.gateway().http();
    HeapHeadroom headroom =
        parts.add("headroom", HeapHeadroom.watch(http.bounds().heapWatermark()));
    opsServer.add(HealthCheck.of("heap", () -> health(headroom)));
    Optional<TlsIdentity> identity = storage.tlsIdentity(http, clock);
    Gateway started =
        parts.add(
            "gateway",
            Gateway.start(
                cluster.vertx(),
                cluster.hazelcast(),
                maps,
                database,
                storage.seal(),
                configuration.gateway(),
                identity,
                headroom,
                new Drain(configuration.shutdown().drain()),
                metrics.registry(),
                clock));
    gateway = Optional.of(started);
    opsServer.add(builds(cluster, started));
    if (!configuration.node().has(Role.ACTIONS)) {
      opsServer.add(HealthCheck.of("actions", () -> elsewhere(started.actionNodes())));
    }
    tlsCertificate = identity.map(TlsIdentity::certificateFile);
    // After the start, since the hosts of the quickstart tenant follow the ports.
    importAtStart(database.background(), storage, started);
  }

  private void importAtStart(Pool pool, Storage storage, Gateway started) {
    ImportSettings settings = configuration.gateway().imported();
    boolean quickstart = configuration.node().quickstart();
    Optional<Path> path =
        settings.path().or(() -> quickstart ? Optional.of(quickstartFiles()) : Optional.empty());
    if (path.isEmpty()) {
      return;
    }
    String tenant = settings.tenant().orElse(QUICKSTART_TENANT);
    Optional<Set<String>> tlsHosts = quickstart ? Optional.of(tlsHosts(started)) : Optional.empty();
    ImportOptions options =
        new ImportOptions(
            tenant,
            settings.domain().orElseGet(() -> localhost(started.httpPort(), 80)),
            Map.of(),
            quickstart,
            false,
            tlsHosts);
    TenantImporter importer =
        new TenantImporter(pool, started.operations(), started.packages(), storage.seal(), clock);
    importer.importDirectory(path.get(), options);
    if (settings.watch()) {
      parts.add(
          "watch",
          TenantWatch.start(path.get(), () -> importer.importDirectory(path.get(), options)));
    }
  }

  private static Path quickstartFiles() {
    return ConfigLoader.home().resolve("config").resolve("quickstart");
  }

  private static Set<String> tlsHosts(Gateway started) {
    return started.httpsPort() == 0 ? Set.of() : Set.of(localhost(started.httpsPort(), 443));
  }

  /** As clients name it in {@code Host}: without the port that the scheme implies. */
  private static String localhost(int port, int implied) {
    return port == implied ? "localhost" : "localhost:" + port;
  }

  /** The operations port has connections of its own: probes are answered in a flood, too. */
  private Function<HttpServerOptions, Rules> gates() {
    HttpSettings http = configuration.gateway().http();
    TrustedProxies proxies = http.proxies();
    Rules requests =
        new Rules(
            new ConnectionLimits(
                http.bounds().connections(),
                http.bounds().connectionsPerAddress(),
                proxies::standForMany),
            from -> !proxies.proxyProtocol() || proxies.trust(from));
    Rules probes =
        new Rules(
            new ConnectionLimits(OpsServer.CONNECTIONS, OpsServer.CONNECTIONS, from -> true),
            from -> true);
    OpsSettings listening = configuration.ops();
    return options ->
        options.getPort() == listening.port() && options.getHost().equals(listening.host())
            ? probes
            : requests;
  }

  /** What would stop the start later is told before anything is started. */
  private void requireStartable() {
    if (configuration.node().has(Role.GATEWAY)) {
      HttpSettings http = configuration.gateway().http();
      if (http.plain()) {
        PortCheck.requireFree("http.port", http.host(), http.port());
      }
      http.tls()
          .ifPresent(
              tls -> {
                PortCheck.requireFree("https.port", http.host(), tls.port());
                tls.requireUsable(clock);
              });
    }
    PortCheck.requireFree("ops.port", configuration.ops().host(), configuration.ops().port());
    ClusterSettings cluster = configuration.cluster();
    if (cluster.join() != ClusterSettings.Join.NONE) {
      PortCheck.requireFree("cluster.port", cluster.host(), cluster.port());
    }
    Storage.requireMasterKey(configuration, parts::isClosing);
  }

  /** Packages that cannot be built leave the node able to do all else. */
  private static HealthCheck builds(ClusterMember cluster, Gateway gateway) {
    return new HealthCheck(
        "builds",
        () ->
            cluster
                .vertx()
                .executeBlocking(() -> gateway.packages().protection(), false)
                .map(
                    protection ->
                        new Health(
                            true,
                            Map.of(
                                "mode", protection.mode().name().toLowerCase(Locale.ROOT),
                                "isolated", protection.isolated(),
                                "refusal", protection.refusal()))));
  }

  private static Health health(HeapHeadroom headroom) {
    Map<String, Object> details = new HashMap<>(Map.of("percent", headroom.percent()));
    if (headroom.isShort()) {
      details.put("reason", "the heap is short");
    }
    return new Health(!headroom.isShort(), details);
  }

  private static Health health(ClusterMember cluster) {
    ClusterHealth health = cluster.health();
    Map<String, Object> details = new HashMap<>();
    details.put("members", health.members().size());
    if (health.members().size() > 1 || health.degraded()) {
      details.put("addresses", new JsonArray(health.members()));
    }
    if (health.degraded()) {
      details.put("degraded", true);
      details.put("missing", new JsonArray(health.missing()));
    }
    if (!health.ready()) {
      details.put("reason", health.reason());
    }
    return new Health(health.ready(), details);
  }

  private static Health health(DatabaseServer database) {
    return database
        .away()
        .map(reason -> new Health(false, Map.of("reason", reason)))
        .orElse(Health.of(true));
  }

  /** Of a node that runs no Actions itself. */
  private static Health elsewhere(int actionNodes) {
    Map<String, Object> details = new HashMap<>(Map.of("nodes", actionNodes));
    if (actionNodes == 0) {
      details.put("reason", "no Actions node is heard");
    }
    return new Health(actionNodes > 0, details);
  }

  private static Health health(ActionsNode.Health actions) {
    Map<String, Object> details =
        new HashMap<>(
            Map.of(
                "slots", actions.slots(),
                "busy", actions.busy(),
                "parked", actions.parked(),
                "waiting", actions.waiting(),
                "guests", JsonObject.mapFrom(actions.guests())));
    if (!actions.ready()) {
      details.put("reason", "not every guest process serves");
    }
    return new Health(actions.ready(), details);
  }

  private static <T extends @Nullable Object> T blocking(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
