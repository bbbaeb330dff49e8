package dev.cambio.runtime;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionCode;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.bus.DeployedVersions;
import dev.cambio.model.cluster.ClusterMember;
import dev.cambio.model.cluster.SharedMaps;
import dev.cambio.model.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A node with real guest processes, and a gateway that knows the sources it is given. */
final class TestNode implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HazelcastInstance hazelcast;
  private final ActionsNode node;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<String, String> sources = new ConcurrentHashMap<>();
  private final Map<String, Integer> codeDelays = new ConcurrentHashMap<>();
  private final AtomicInteger codeRequests = new AtomicInteger();

  private TestNode(Map<String, String> settings) throws Exception {
    BusSeal seal = new BusSeal(new byte[32], new SecureRandom());
    ActionBus.register(vertx.eventBus(), seal);
    vertx
        .eventBus()
        .<ActionCode.Request>consumer(
            ActionBus.CODE,
            message -> {
              codeRequests.incrementAndGet();
              String source = sources.get(message.body().contentHash());
              if (source == null) {
                message.fail(404, "unknown");
              } else {
                Integer delay = codeDelays.get(message.body().contentHash());
                Future<?> due =
                    delay == null
                        ? Future.succeededFuture()
                        : vertx.timer(delay, TimeUnit.MILLISECONDS);
                due.onSuccess(_ -> message.reply(new ActionCode(source)));
              }
            });
    hazelcast = Hazelcast.newHazelcastInstance(lonely());
    node =
        ActionsNode.start(
                vertx,
                hazelcast,
                new SharedMaps(hazelcast, Duration.ofSeconds(5)),
                seal,
                settings(settings),
                meters,
                Clock.systemUTC())
            .await(60, TimeUnit.SECONDS);
  }

  static TestNode start() throws Exception {
    return start(Map.of());
  }

  static TestNode start(Map<String, String> settings) throws Exception {
    return new TestNode(settings);
  }

  static ActionsSettings settings(Map<String, String> given) {
    Map<String, Settings.Value> values = new HashMap<>();
    values.put("actions.slots-per-process", new Settings.Value("2", "test"));
    // It has a test of its own.
    values.put("actions.self-test", new Settings.Value("false", "test"));
    given.forEach((key, text) -> values.put(key, new Settings.Value(text, "test")));
    return ActionsSettings.read(
        new Settings(values), Path.of(System.getProperty("cambio.guest.home")));
  }

  ActionsNode node() {
    return node;
  }

  Vertx vertx() {
    return vertx;
  }

  SimpleMeterRegistry meters() {
    return meters;
  }

  int codeRequests() {
    return codeRequests.get();
  }

  /** Makes a source known under a hash of the caller's choice. */
  void publish(String contentHash, String source) {
    sources.put(contentHash, source);
  }

  /** Has the gateway answer so late when it is asked for that source. */
  void delayCode(String contentHash, int millis) {
    codeDelays.put(contentHash, millis);
  }

  /** An exchange Action of one tenant, valid in every respect; another source is another Action. */
  ActionInvocation exchange(String source) {
    String hash = sha256(source);
    String id = hash.substring(0, 8);
    publish(hash, source);
    return new ActionInvocation(
        "exe_1",
        "acme",
        Trigger.CUSTOM_TOKEN_EXCHANGE,
        new ActionVersion("act_" + id, "partner-" + id, "ver_" + id, hash),
        EVENT,
        Map.of("API_KEY", "a-secret-of-acme"),
        List.of("subject-token"),
        5_000);
  }

  /** Says as a gateway would that requests may run these. */
  void deploy(ActionInvocation... invocations) {
    vertx
        .eventBus()
        .publish(
            ActionBus.DEPLOYED,
            new DeployedVersions(
                "acme", Stream.of(invocations).map(ActionInvocation::version).toList()));
  }

  ActionResult run(String source) {
    return run(exchange(source));
  }

  ActionResult run(ActionInvocation invocation) {
    return send(invocation).await();
  }

  /** Runs as for a gateway that has chosen this node. */
  ActionResult runAt(ActionInvocation invocation) throws TimeoutException {
    return sendAt(invocation).await(60, TimeUnit.SECONDS);
  }

  Future<ActionResult> sendAt(ActionInvocation invocation) {
    return vertx
        .eventBus()
        .<ActionResult>request(
            ActionBus.invokeAt(ClusterMember.nodeId(hazelcast)),
            invocation,
            new DeliveryOptions().setSendTimeout(60_000))
        .map(message -> message.body());
  }

  Future<ActionResult> send(ActionInvocation invocation) {
    return vertx
        .eventBus()
        .<ActionResult>request(
            ActionBus.INVOKE, invocation, new DeliveryOptions().setSendTimeout(60_000))
        .map(message -> message.body());
  }

  static ActionInvocation withTimeout(ActionInvocation base, long timeoutMs) {
    return new ActionInvocation(
        base.executionId(),
        base.tenantId(),
        base.trigger(),
        base.version(),
        base.event(),
        base.secrets(),
        base.sensitive(),
        timeoutMs);
  }

  static ActionInvocation withEvent(ActionInvocation base, String event) {
    return new ActionInvocation(
        base.executionId(),
        base.tenantId(),
        base.trigger(),
        base.version(),
        event,
        base.secrets(),
        base.sensitive(),
        base.timeoutMs());
  }

  static ActionInvocation withSecrets(ActionInvocation base, Map<String, String> secrets) {
    return new ActionInvocation(
        base.executionId(),
        base.tenantId(),
        base.trigger(),
        base.version(),
        base.event(),
        secrets,
        base.sensitive(),
        base.timeoutMs());
  }

  static ActionInvocation ofTenant(ActionInvocation base, String tenant) {
    return new ActionInvocation(
        base.executionId(),
        tenant,
        base.trigger(),
        base.version(),
        base.event(),
        base.secrets(),
        base.sensitive(),
        base.timeoutMs());
  }

  static ActionInvocation withTrigger(ActionInvocation base, Trigger trigger) {
    return new ActionInvocation(
        base.executionId(),
        base.tenantId(),
        trigger,
        base.version(),
        base.event(),
        base.secrets(),
        base.sensitive(),
        base.timeoutMs());
  }

  static Config lonely() {
    Config config = new Config();
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    ActionsNode.forms().forEach(form -> form.addTo(config.getSerializationConfig()));
    return config;
  }

  @Override
  public void close() {
    node.close().await();
    vertx.close().await();
    hazelcast.shutdown();
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final String EVENT =
      """
      {"client":{"client_id":"app","name":"App","metadata":{}},
       "request":{"body":{},"geoip":{},"ip":"192.0.2.1","method":"POST","hostname":"localhost"},
       "tenant":{"id":"acme"},
       "transaction":{"subject_token":"subject-token","subject_token_type":"urn:acme:token",
         "requested_scopes":[],"requested_token_type":"urn:ietf:params:oauth:token-type:access_token",
         "metadata":{}}}
      """;
}
