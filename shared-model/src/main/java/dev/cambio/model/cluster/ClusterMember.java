package dev.cambio.model.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.GlobalSerializerConfig;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.NodeContext;
import com.hazelcast.internal.util.ConcurrencyUtil;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.bus.TokenBus;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as a member of the cluster, and its Vert.x. Both ports ask whoever connects, and
 * whoever they connect to, for proof of the cluster secret by TLS. There is no port for Hazelcast's
 * clients, and none of any kind for a node alone.
 */
public final class ClusterMember implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);
  private static final int CLOSE_SECONDS = 10;
  private static final String NODE_ID = "__vertx.nodeId";

  static {
    // On one or two processors Hazelcast would start a thread for each answer that it gives later.
    ConcurrencyUtil.setDefaultAsyncExecutor(Thread::startVirtualThread);
  }

  static {
    // On one or two processors Hazelcast would start a thread for each answer that it gives later.
    ConcurrencyUtil.setDefaultAsyncExecutor(Thread::startVirtualThread);
  }

  private final HazelcastInstance hazelcast;
  private final Vertx vertx;
  private final TokenBus bus;
  private final BusSeal seal;
  private final Optional<MemberWatch> watch;

  private ClusterMember(
      HazelcastInstance hazelcast, Vertx vertx, BusSeal seal, Optional<MemberWatch> watch) {
    this.hazelcast = hazelcast;
    this.vertx = vertx;
    this.seal = seal;
    this.watch = watch;
    ActionBus.register(vertx.eventBus(), seal);
    this.bus = TokenBus.join(vertx.eventBus(), seal);
  }

  /**
   * Joins or forms the cluster; blocks.
   *
   * @param secret of the cluster, the same for every member
   * @param transport by which its Vert.x listens and connects
   * @param more configures the maps and forms that the process has
   * @throws ClusterException if a port cannot be served, or nobody who answers has that secret
   */
  public static ClusterMember join(
      Membership membership,
      byte[] secret,
      SecureRandom random,
      Transport transport,
      Consumer<Config> more) {
    ClusterIdentity identity = new ClusterIdentity(secret);
    MemberNetwork network =
        new MemberNetwork(identity, membership.members(), InetAddress::getAllByName);
    return join(membership, identity, network, new BusSeal(secret, random), transport, more);
  }

  static ClusterMember join(
      Membership membership,
      ClusterIdentity identity,
      MemberNetwork network,
      BusSeal seal,
      Transport transport,
      Consumer<Config> more) {
    Config config = config(membership.name());
    Timing.of(config);
    // The Vert.x cluster manager knows nodes by this attribute.
    config.getMemberAttributeConfig().setAttribute(NODE_ID, UUID.randomUUID().toString());
    config.setLiteMember(!membership.holdsData());
    network(config, membership);
    more.accept(config);
    HazelcastInstance hazelcast = member(config, network, membership);
    try {
      requireSecretOf(network.withAnotherSecret(), hazelcast);
      MemberWatch watch = MemberWatch.start(hazelcast, network);
      Vertx vertx = clustered(membership, identity, hazelcast, transport);
      return new ClusterMember(hazelcast, vertx, seal, Optional.of(watch));
    } catch (RuntimeException e) {
      hazelcast.getLifecycleService().terminate();
      throw e;
    }
  }

  /** The same for a service beside the nodes, which holds no data. */
  public static ClusterMember join(Membership membership, byte[] secret) {
    return join(membership, secret, new SecureRandom(), Transport.NIO, _ -> {});
  }

  /**
   * A node alone: what a cluster would share is in this process, and nothing listens.
   *
   * @param transport by which its Vert.x listens and connects
   * @param more configures the maps and forms that the process has
   */
  public static ClusterMember alone(
      SecureRandom random, Transport transport, Consumer<Config> more) {
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    Config config = config("alone");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    more.accept(config);
    HazelcastInstance hazelcast =
        HazelcastInstanceFactory.newHazelcastInstance(
            config, config.getInstanceName(), new NoNetwork());
    Vertx vertx = Vertx.builder().withTransport(transport).build();
    return new ClusterMember(hazelcast, vertx, new BusSeal(secret, random), Optional.empty());
  }

  /** What a node of this process is called on the bus, where others address it. */
  public static String nodeId(HazelcastInstance hazelcast) {
    String id = hazelcast.getCluster().getLocalMember().getAttribute(NODE_ID);
    return id == null ? "alone" : id;
  }

  public HazelcastInstance hazelcast() {
    return hazelcast;
  }

  public Vertx vertx() {
    return vertx;
  }

  /** The gateway, as services reach it. */
  public TokenBus bus() {
    return bus;
  }

  /** Under which members keep and send what no other party may read. */
  public BusSeal seal() {
    return seal;
  }

  /** How it stands to the cluster at this moment. */
  public ClusterHealth health() {
    boolean running = hazelcast.getLifecycleService().isRunning();
    List<String> members =
        running
            ? hazelcast.getCluster().getMembers().stream()
                .map(member -> member.getAddress().getHost() + ":" + member.getAddress().getPort())
                .sorted()
                .toList()
            : List.of();
    return watch
        .map(MemberWatch::view)
        .map(
            view ->
                new ClusterHealth(
                    running && view.stands(),
                    view.degraded(),
                    view.reason(),
                    members,
                    view.missing()))
        .orElse(new ClusterHealth(running, false, "", members, List.of()));
  }

  /** Leaves gracefully: the bus first, so that nobody sends here, then the member with its data. */
  @Override
  public void close() {
    watch.ifPresent(MemberWatch::close);
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Vert.x did not close cleanly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    hazelcast.shutdown();
  }

  private static HazelcastInstance member(
      Config config, NodeContext network, Membership membership) {
    try {
      return HazelcastInstanceFactory.newHazelcastInstance(
          config, config.getInstanceName(), network);
    } catch (HazelcastException | IllegalStateException e) {
      throw new ClusterException.Member(
          "the cluster member cannot start on %s:%d (%s)"
              .formatted(membership.host(), membership.port(), e.getMessage()),
          e);
    }
  }

  /** Better not to start than to be a cluster of one beside the real one. */
  private static void requireSecretOf(Set<InetSocketAddress> others, HazelcastInstance hazelcast) {
    if (!others.isEmpty() && hazelcast.getCluster().getMembers().size() == 1) {
      throw new ClusterException.AnotherSecret(
          "is not the secret of the cluster that %s belongs to"
              .formatted(others.iterator().next().toString().replaceFirst("^.*/", "")));
    }
  }

  private static Vertx clustered(
      Membership membership,
      ClusterIdentity identity,
      HazelcastInstance hazelcast,
      Transport transport) {
    EventBusOptions bus =
        Timing.of(new EventBusOptions()).setHost(membership.host()).setPort(membership.busPort());
    try {
      return Vertx.builder()
          .with(new VertxOptions().setEventBusOptions(identity.secure(bus)))
          .withTransport(transport)
          .withClusterManager(new BusRegistry(hazelcast))
          .buildClustered()
          .toCompletionStage()
          .toCompletableFuture()
          .get();
    } catch (ExecutionException e) {
      throw new ClusterException.Bus(
          "the event bus cannot start on %s:%d".formatted(membership.host(), membership.busPort()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException.Bus("interrupted while starting", e);
    }
  }

  private static Config config(String name) {
    Config config = new Config();
    config.setInstanceName("cambio-" + UUID.randomUUID());
    config.setClusterName(name);
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "1");
    config.getJetConfig().setEnabled(false);
    forms(config.getSerializationConfig());
    // What the Vert.x cluster manager asks for.
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    return config;
  }

  private static void network(Config config, Membership membership) {
    ServerSocketEndpointConfig members = new ServerSocketEndpointConfig();
    members.setPort(membership.port()).setPortAutoIncrement(membership.port() == 0);
    members.getInterfaces().setEnabled(true).addInterface(membership.host());
    // With one endpoint named, there is no other: none for clients, REST or memcache.
    config.getAdvancedNetworkConfig().setEnabled(true).setMemberEndpointConfig(members);
    JoinConfig join = config.getAdvancedNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    // Where they are, MemberSearch finds out.
    join.getTcpIpConfig().setEnabled(true);
  }

  /** Nothing goes by Java's own serialization, and by the name of its class only what must. */
  private static void forms(SerializationConfig config) {
    config.setGlobalSerializerConfig(
        new GlobalSerializerConfig()
            .setImplementation(new FaultForm())
            .setOverrideJavaSerialization(true));
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter.setDefaultsDisabled(true);
    // The two kinds of values that the Vert.x cluster manager keeps.
    filter
        .getWhitelist()
        .addClasses(
            "io.vertx.spi.cluster.hazelcast.impl.HazelcastNodeInfo",
            "io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo");
    config.setJavaSerializationFilterConfig(filter);
  }
}
