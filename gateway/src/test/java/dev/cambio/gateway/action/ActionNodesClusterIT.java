package dev.cambio.gateway.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cambio.e2e.FreePort;
import dev.cambio.gateway.AdjustableClock;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionsStatus;
import dev.cambio.model.bus.EffectsLeave;
import dev.cambio.model.cluster.ClusterMember;
import dev.cambio.model.cluster.Membership;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.eventbus.Message;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Members of a real cluster; what guests would do at the nodes, the test does. */
@DisplayName("additions C13: runs on the bus of a cluster whose nodes are lost")
class ActionNodesClusterIT {
  private static final byte[] SECRET =
      "a cluster secret of more than 32 characters".getBytes(StandardCharsets.UTF_8);

  private static ClusterMember gateway;
  private static int port;

  private final List<Node> nodes = new ArrayList<>();
  private ActionNodeWatch watch;
  private ActionClient client;

  @BeforeAll
  static void form() throws IOException {
    port = FreePort.find();
    gateway = member("127.0.0.1:1", port);
  }

  @AfterAll
  static void end() {
    gateway.close();
  }

  @BeforeEach
  void start() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    watch = ActionNodeWatch.start(gateway.vertx(), gateway.hazelcast(), registry);
    watch.listens().await();
    BreakerSettings never = new BreakerSettings(0, Duration.ofMinutes(1), Duration.ofSeconds(1));
    client =
        new ActionClient(
            gateway.vertx().eventBus(),
            watch.nodes(),
            new ActionBreaker(never, registry, new AdjustableClock(Instant.EPOCH)),
            registry);
  }

  @AfterEach
  void stop() {
    watch.close();
    nodes.forEach(Node::kill);
  }

  private static ClusterMember member(String seed, int port) {
    return ClusterMember.join(
        new Membership(
            "nodes-" + ProcessHandle.current().pid(), List.of(seed), "127.0.0.1", port, 0, true),
        SECRET,
        new SecureRandom(),
        Transport.NIO,
        config -> {});
  }

  /** An actions node as it is on the bus. */
  private final class Node {
    private final ClusterMember member = member("127.0.0.1:" + port, 0);
    private final LinkedBlockingQueue<Message<ActionInvocation>> got = new LinkedBlockingQueue<>();
    private final String name = ClusterMember.nodeId(member.hazelcast());
    private final long timer;

    private Node() {
      member
          .vertx()
          .eventBus()
          .<ActionInvocation>consumer(ActionBus.invokeAt(name), got::add)
          .completion()
          .await();
      int before = watch.nodes().well();
      timer = member.vertx().setPeriodic(ActionBus.STATUS_INTERVAL.toMillis(), _ -> beat());
      await().atMost(60, TimeUnit.SECONDS).until(() -> watch.nodes().well() > before);
      nodes.add(this);
    }

    private void beat() {
      String id = member.hazelcast().getCluster().getLocalMember().getUuid().toString();
      member
          .vertx()
          .eventBus()
          .publish(ActionBus.STATUS, new ActionsStatus(name, id, false, 8, 8, 0, 0));
    }

    private void silence() {
      member.vertx().cancelTimer(timer);
    }

    /** Without a word. */
    private void kill() {
      silence();
      member.hazelcast().getLifecycleService().terminate();
      member.vertx().close().await();
    }

    private Message<ActionInvocation> asked() throws InterruptedException {
      Message<ActionInvocation> message = got.poll(60, TimeUnit.SECONDS);
      assertThat(message).as("node %s is asked", name).isNotNull();
      return message;
    }
  }

  private CompletableFuture<ActionResult> run(ActionHome home) {
    return CompletableFuture.supplyAsync(
        () -> client.run(INVOCATION, home), Executors.newVirtualThreadPerTaskExecutor());
  }

  private static ActionResult of(CompletableFuture<ActionResult> run) throws Exception {
    return run.get(60, TimeUnit.SECONDS);
  }

  private static Message<EffectsLeave> leave(Message<ActionInvocation> message) throws Exception {
    return message
        .<EffectsLeave>replyAndRequest(new EffectsLeave.Request("exe"))
        .await(60, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("a run whose node is killed is repeated at once, and its late twin has no effect")
  void killed() throws Exception {
    Node first = new Node();
    ActionHome home = new ActionHome();
    CompletableFuture<ActionResult> run = run(home);
    first.asked();
    Node second = new Node();
    first.kill();
    second.asked().reply(DONE);
    assertThat(of(run)).isEqualTo(DONE);
  }

  @Test
  @DisplayName("a run whose node is silent is repeated; when that goes on, it has no leave")
  void silent() throws Exception {
    Node first = new Node();
    CompletableFuture<ActionResult> run = run(new ActionHome());
    Message<ActionInvocation> frozen = first.asked();
    Node second = new Node();
    first.silence();
    Message<EffectsLeave> granted = leave(second.asked());
    assertThat(granted.body().granted()).isTrue();
    assertThat(leave(frozen).body().granted()).isFalse();
    granted.reply(DONE);
    assertThat(of(run)).isEqualTo(DONE);
  }

  @Test
  @DisplayName("a run that may have had effects is lost with its node, and not repeated")
  void lost() throws Exception {
    Node first = new Node();
    CompletableFuture<ActionResult> run = run(new ActionHome());
    assertThat(leave(first.asked()).body().granted()).isTrue();
    Node second = new Node();
    first.kill();
    assertThat(of(run).ending()).isEqualTo(ActionEnding.LOST);
    assertThat(second.got).isEmpty();
  }

  private static final ActionResult DONE = ActionResult.of(ActionEnding.RETURNED, "x");

  private static final ActionInvocation INVOCATION =
      new ActionInvocation(
          "exe",
          "acme",
          Trigger.POST_LOGIN,
          new ActionVersion("act", "partner", "v1", "hash"),
          "{}",
          Map.of("SECRET", "of the Action"),
          List.of(),
          30_000);
}
