package dev.cambio.gateway.action;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionsStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.UUID;

/** Keeps the view of the actions nodes: hears them on the bus, and who leaves the cluster. */
public final class ActionNodeWatch implements AutoCloseable {
  private final Vertx vertx;
  private final Cluster cluster;
  private final ActionNodes nodes;
  private final long timer;
  private final UUID membership;
  private final MessageConsumer<ActionsStatus> consumer;

  private ActionNodeWatch(Vertx vertx, Cluster cluster, ActionNodes nodes) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.nodes = nodes;
    this.consumer = vertx.eventBus().consumer(ActionBus.STATUS, message -> heard(message.body()));
    this.membership = cluster.addMembershipListener(leavers(nodes));
    this.timer = vertx.setPeriodic(ActionBus.STATUS_INTERVAL.toMillis(), _ -> nodes.tick());
  }

  /** Begins to watch, for a view of its own. */
  public static ActionNodeWatch start(
      Vertx vertx, HazelcastInstance hazelcast, MeterRegistry registry) {
    Cluster cluster = hazelcast.getCluster();
    ActionNodes nodes =
        new ActionNodes(member -> isMember(cluster, member), registry, System::nanoTime);
    return new ActionNodeWatch(vertx, cluster, nodes);
  }

  /** Completes when every node knows who listens. */
  public Future<Void> listens() {
    return consumer.completion();
  }

  /** What is known. */
  public ActionNodes nodes() {
    return nodes;
  }

  private void heard(ActionsStatus status) {
    try {
      String own = cluster.getLocalMember().getUuid().toString();
      nodes.heard(status, status.member().equals(own));
    } catch (HazelcastInstanceNotActiveException _) {
      // This node stops.
    }
  }

  private static boolean isMember(Cluster cluster, String member) {
    try {
      return cluster.getMembers().stream()
          .anyMatch(known -> known.getUuid().toString().equals(member));
    } catch (HazelcastInstanceNotActiveException _) {
      // Whoever is no member itself knows nothing of others.
      return true;
    }
  }

  private static MembershipListener leavers(ActionNodes nodes) {
    return new MembershipListener() {
      @Override
      public void memberAdded(MembershipEvent event) {}

      @Override
      public void memberRemoved(MembershipEvent event) {
        nodes.left(event.getMember().getUuid().toString());
      }
    };
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
    cluster.removeMembershipListener(membership);
    consumer.unregister().otherwiseEmpty().await();
  }
}
