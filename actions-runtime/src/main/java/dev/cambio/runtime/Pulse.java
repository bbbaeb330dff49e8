package dev.cambio.runtime;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionsStatus;
import dev.cambio.model.cluster.ClusterMember;
import dev.cambio.runtime.process.GuestProcesses;
import io.vertx.core.eventbus.EventBus;

/** Tells gateways that this node is there, and how it is. */
final class Pulse {
  private final String node;
  private final EventBus bus;
  private final HazelcastInstance hazelcast;
  private final GuestProcesses processes;
  private final int slots;

  Pulse(EventBus bus, HazelcastInstance hazelcast, GuestProcesses processes, int slots) {
    this.node = ClusterMember.nodeId(hazelcast);
    this.bus = bus;
    this.hazelcast = hazelcast;
    this.processes = processes;
    this.slots = slots;
  }

  /** The node, as gateways name it. */
  String node() {
    return node;
  }

  /**
   * Says how the node is.
   *
   * @return whether a guest process serves
   * @param busy runs that hold a slot
   * @param waiting invocations that wait for one
   */
  boolean beat(boolean draining, int busy, int waiting) {
    GuestProcesses.Standing guests = processes.standing();
    int usable = slots * guests.serving() / guests.wanted();
    try {
      bus.publish(
          ActionBus.STATUS,
          new ActionsStatus(
              node,
              hazelcast.getCluster().getLocalMember().getUuid().toString(),
              draining,
              slots,
              draining ? 0 : Math.max(0, usable - busy),
              waiting,
              guests.cold()));
    } catch (HazelcastInstanceNotActiveException _) {
      // The node is no member any more, and nobody hears it.
    }
    return guests.serving() > 0;
  }
}
