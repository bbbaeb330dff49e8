package dev.cambio.gateway.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import dev.cambio.gateway.cluster.ClusterSettings.Join;
import dev.cambio.gateway.config.Secret;
import dev.cambio.gateway.config.StartupException;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.bus.TokenBus;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.transport.Transport;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process as a member of the cluster, and its Vert.x. */
public final class ClusterNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

  /** Verdicts on ID tokens. */
  public static final String ID_TOKEN_VALIDATION = "cambio.id-token-validation";

  /** Attempts that addresses have left. */
  public static final String THROTTLE = "cambio.throttle";

  /** Requests that tenants have left. */
  public static final String RATE_LIMITS = "cambio.rate-limits";

  /** DPoP proofs that were used. */
  public static final String DPOP_PROOFS = "cambio.dpop-proofs";

  private final HazelcastInstance hazelcast;
  private final Vertx vertx;
  private final BusSeal seal;

  private ClusterNode(HazelcastInstance hazelcast, Vertx vertx, BusSeal seal) {
    this.hazelcast = hazelcast;
    this.vertx = vertx;
    this.seal = seal;
  }

  /**
   * Joins or forms the cluster; blocks.
   *
   * @param transport by which everything of this Vert.x listens and connects
   * @throws StartupException if the member cannot start or the bus cannot bind
   */
  public static ClusterNode start(
      ClusterSettings settings, SecureRandom random, Transport transport) {
    HazelcastInstance hazelcast = member(settings);
    try {
      Vertx vertx = vertx(settings, hazelcast, transport);
      BusSeal seal = new BusSeal(secret(settings, random), random);
      ActionBus.register(vertx.eventBus(), seal);
      TokenBus.join(vertx.eventBus(), seal);
      return new ClusterNode(hazelcast, vertx, seal);
    } catch (RuntimeException e) {
      hazelcast.getLifecycleService().terminate();
      throw e;
    }
  }

  public HazelcastInstance hazelcast() {
    return hazelcast;
  }

  public Vertx vertx() {
    return vertx;
  }

  /** Under which nodes keep and send what no other party may read. */
  public BusSeal seal() {
    return seal;
  }

  /** Leaves gracefully: the bus first, so that nobody sends here, then the member with its data. */
  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Vert.x did not close cleanly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    hazelcast.shutdown();
  }

  private static byte[] secret(ClusterSettings settings, SecureRandom random) {
    return settings
        .secret()
        .map(Secret::bytes)
        .orElseGet(
            () -> {
              byte[] own = new byte[32];
              random.nextBytes(own);
              return own;
            });
  }

  private static HazelcastInstance member(ClusterSettings settings) {
    try {
      return Hazelcast.newHazelcastInstance(config(settings));
    } catch (HazelcastException | IllegalStateException e) {
      throw new StartupException(
          "cluster.port: the cluster member cannot start on %s:%d (%s)"
              .formatted(settings.host(), settings.port(), e.getMessage()),
          e);
    }
  }

  private static Vertx vertx(
      ClusterSettings settings, HazelcastInstance hazelcast, Transport transport) {
    EventBusOptions bus =
        new EventBusOptions().setHost(settings.host()).setPort(settings.busPort());
    try {
      return Vertx.builder()
          .with(new VertxOptions().setEventBusOptions(bus))
          .withTransport(transport)
          .withClusterManager(new HazelcastClusterManager(hazelcast))
          .buildClustered()
          .toCompletionStage()
          .toCompletableFuture()
          .get();
    } catch (ExecutionException e) {
      throw new StartupException(
          "cluster.bus-port: the event bus cannot start on %s:%d"
              .formatted(settings.host(), settings.busPort()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted while starting", e);
    }
  }

  private static Config config(ClusterSettings settings) {
    boolean alone = settings.join() == Join.NONE;
    Config config = new Config();
    config.setInstanceName("cambio-" + UUID.randomUUID());
    config.setClusterName(settings.name());
    // The Vert.x cluster manager knows nodes by this attribute.
    config.getMemberAttributeConfig().setAttribute("__vertx.nodeId", UUID.randomUUID().toString());
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", alone ? "0" : "1");
    config.getJetConfig().setEnabled(false);
    config.getSerializationConfig().setJavaSerializationFilterConfig(onlyOurClasses());
    network(config.getNetworkConfig(), settings);
    maps(config);
    return config;
  }

  private static void network(NetworkConfig network, ClusterSettings settings) {
    // Nobody looks for a node alone, so it may as well take the next port that is free.
    network
        .setPort(settings.port())
        .setPortAutoIncrement(settings.port() == 0 || settings.join() == Join.NONE);
    network.setPublicAddress(null);
    network.getInterfaces().setEnabled(true).addInterface(settings.host());
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(settings.join() == Join.TCP_IP).setMembers(settings.members());
  }

  /** The maps of design §6, and those that the Vert.x cluster manager asks for. */
  private static void maps(Config config) {
    config.addMapConfig(
        bounded(ActionBus.CACHE_MAP).setTimeToLiveSeconds((int) TimeUnit.HOURS.toSeconds(24)));
    config.addMapConfig(bounded(ID_TOKEN_VALIDATION));
    config.addMapConfig(bounded(THROTTLE));
    config.addMapConfig(bounded(RATE_LIMITS));
    config.addMapConfig(bounded(DPOP_PROOFS));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
  }

  /** One synchronous backup, and an end to growth: these maps are filled from outside. */
  private static MapConfig bounded(String name) {
    MapConfig map = new MapConfig(name).setBackupCount(1);
    map.getEvictionConfig()
        .setEvictionPolicy(EvictionPolicy.LRU)
        .setMaxSizePolicy(MaxSizePolicy.USED_HEAP_PERCENTAGE)
        .setSize(20);
    return map;
  }

  /** What a member may make this process instantiate from bytes. */
  private static JavaSerializationFilterConfig onlyOurClasses() {
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter
        .getWhitelist()
        .addPrefixes("java.lang.", "java.util.", "com.hazelcast.", "io.vertx.", "dev.cambio.", "[");
    filter.setDefaultsDisabled(true);
    return filter;
  }
}
