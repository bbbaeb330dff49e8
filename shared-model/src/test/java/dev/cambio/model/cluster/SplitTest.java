package dev.cambio.model.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.MapConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.server.Server;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.merge.ExpirationTimeMergePolicy;
import dev.cambio.model.bus.BusSeal;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Two members that are cut off from each other, and find each other again")
class SplitTest {
  private static final byte[] SECRET =
      "a cluster secret of 32 characters".getBytes(StandardCharsets.UTF_8);

  private final List<ClusterMember> members = new ArrayList<>();
  private final List<Cuttable> networks = new ArrayList<>();

  /** One whose connections can be cut, and no new ones made. */
  private static final class Cuttable extends MemberNetwork {
    private volatile boolean cut;
    private volatile @Nullable Node node;

    Cuttable(List<String> members) {
      super(new ClusterIdentity(SECRET), members, InetAddress::getAllByName);
    }

    @Override
    public NodeExtension createNodeExtension(Node of) {
      node = of;
      return super.createNodeExtension(of);
    }

    @Override
    void secure(Node of, Channel channel, ChannelInitializer plain) throws Exception {
      if (cut) {
        throw new IOException("cut");
      }
      super.secure(of, channel, plain);
    }

    void cut() {
      cut = true;
      Server server = Objects.requireNonNull(node).getServer();
      List.copyOf(server.getConnectionManager(EndpointQualifier.MEMBER).getConnections())
          .forEach(connection -> connection.close("cut", null));
    }
  }

  @AfterEach
  void stop() {
    members.reversed().forEach(member -> member.hazelcast().getLifecycleService().terminate());
    members.forEach(member -> member.vertx().close());
  }

  @Test
  @DisplayName("they say so, merge by themselves, and everybody reaches everybody again")
  void split() throws Exception {
    int seed = freePort();
    for (int i = 0; i < 2; i++) {
      join(seed, i == 0 ? seed : 0);
      listen(i, "at-" + i);
    }
    everyoneReaches("at-0", "at-1");
    assertThat(health(1).missing()).isEmpty();

    networks.get(1).cut();
    for (int i = 0; i < 2; i++) {
      int self = i;
      await(() -> health(self).members().size() == 1 && health(self).degraded());
      assertThat(health(i).ready()).as("neither is the smaller part").isTrue();
      assertThat(health(i).missing()).isEqualTo(health(1 - i).members());
      listen(i, "new-" + i);
    }
    map(0).set("here", "lasts", 1, TimeUnit.DAYS);
    map(1).set("here", "ends", 1, TimeUnit.HOURS);
    map(0).set("there", "ends", 1, TimeUnit.HOURS);
    map(1).set("there", "lasts", 1, TimeUnit.DAYS);

    networks.get(1).cut = false;
    for (int i = 0; i < 2; i++) {
      int self = i;
      await(() -> health(self).members().size() == 2 && !health(self).degraded());
      assertThat(health(i).ready()).isTrue();
    }
    await(() -> "lasts".equals(map(0).get("here")) && "lasts".equals(map(0).get("there")));
    everyoneReaches("at-0", "at-1", "new-0", "new-1");

    // As does a member that hears late of another's departure.
    members.get(0).hazelcast().getMultiMap("__vertx.subs").clear();
    members.get(0).hazelcast().getMap("__vertx.nodeInfo").clear();
    await(() -> members.get(0).hazelcast().getMultiMap("__vertx.subs").containsKey("at-1"));
    everyoneReaches("at-0", "at-1", "new-0", "new-1");
  }

  private ClusterHealth health(int member) {
    return members.get(member).health();
  }

  private IMap<String, String> map(int member) {
    return members.get(member).hazelcast().getMap("m");
  }

  private void join(int seed, int port) {
    List<String> seeds = List.of("localhost:" + seed);
    Cuttable network = new Cuttable(seeds);
    networks.add(network);
    members.add(
        ClusterMember.join(
            new Membership("split-" + seed, seeds, "127.0.0.1", port, 0, true),
            new ClusterIdentity(SECRET),
            network,
            new BusSeal(SECRET, new SecureRandom()),
            Transport.NIO,
            config -> {
              config.setProperty("hazelcast.merge.first.run.delay.seconds", "1");
              config.setProperty("hazelcast.merge.next.run.delay.seconds", "1");
              config.setProperty("hazelcast.partition.count", "11");
              MapConfig map = new MapConfig("m");
              map.getMergePolicyConfig().setPolicy(ExpirationTimeMergePolicy.class.getName());
              config.addMapConfig(map);
            }));
  }

  private void listen(int member, String address) {
    members
        .get(member)
        .vertx()
        .eventBus()
        .consumer(address, message -> message.reply(member))
        .completion()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private void everyoneReaches(String... addresses) {
    for (ClusterMember member : members) {
      for (String address : addresses) {
        await(() -> answers(member, address));
      }
    }
  }

  private static boolean answers(ClusterMember member, String address) {
    try {
      Object answer =
          member
              .vertx()
              .eventBus()
              .request(address, "?", new DeliveryOptions().setSendTimeout(1000))
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS)
              .body();
      return address.endsWith("-" + answer);
    } catch (Exception e) {
      return false;
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
