package dev.cambio.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.cluster.ClusterSettings.Join;
import dev.cambio.gateway.config.Secret;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionCode;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.transport.Transport;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClusterNodeIT {
  private static final String SECRET = "a cluster secret of more than 32 characters";
  private static final ActionCode.Request REQUEST = new ActionCode.Request("tenant", "hash");

  @Test
  void aNodeAloneHasTheMapsAndTheBus() throws Exception {
    try (ClusterNode node = alone()) {
      node.hazelcast().getMap(ActionBus.CACHE_MAP).put("k", "v");
      answerCode(node);

      assertThat(node.hazelcast().getMap(ActionBus.CACHE_MAP).get("k")).isEqualTo("v");
      assertThat(ask(node)).isEqualTo(new ActionCode("code of hash"));
      assertThat(node.hazelcast().getCluster().getMembers()).hasSize(1);
    }
  }

  @Test
  void nodesWithOneSecretTalk() throws Exception {
    try (ClusterNode one = founding();
        ClusterNode two = joining(one, SECRET)) {
      answerCode(one);

      assertThat(ask(two)).isEqualTo(new ActionCode("code of hash"));
      assertThat(two.hazelcast().getCluster().getMembers()).hasSize(2);
    }
  }

  @Test
  void aNodeWithAnotherSecretIsNotUnderstood() throws Exception {
    try (ClusterNode one = founding();
        ClusterNode two = joining(one, "another cluster secret of 32 characters")) {
      answerCode(one);

      assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> ask(two));
    }
  }

  private static void answerCode(ClusterNode node) {
    node.vertx()
        .eventBus()
        .<ActionCode.Request>consumer(
            ActionBus.CODE,
            message -> message.reply(new ActionCode("code of " + message.body().contentHash())))
        .completion()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static Object ask(ClusterNode node) {
    return node.vertx()
        .eventBus()
        .request(ActionBus.CODE, REQUEST, new DeliveryOptions().setSendTimeout(1000))
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join()
        .body();
  }

  private static ClusterNode alone() {
    return start(Join.NONE, List.of(), SECRET);
  }

  /** Nobody answers at that port, so it forms a cluster that others can join. */
  private static ClusterNode founding() {
    return start(Join.TCP_IP, List.of("127.0.0.1:1"), SECRET);
  }

  private static ClusterNode joining(ClusterNode other, String secret) {
    var address = other.hazelcast().getCluster().getLocalMember().getAddress();
    return start(Join.TCP_IP, List.of("127.0.0.1:" + address.getPort()), secret);
  }

  private static ClusterNode start(Join join, List<String> members, String secret) {
    return ClusterNode.start(
        new ClusterSettings(
            join,
            "test-" + ProcessHandle.current().pid(),
            members,
            "127.0.0.1",
            0,
            0,
            Optional.of(Secret.of(secret))),
        new SecureRandom(),
        Transport.NIO);
  }
}
