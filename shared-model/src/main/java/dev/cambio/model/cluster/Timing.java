package dev.cambio.model.cluster;

import com.hazelcast.config.Config;
import io.vertx.core.eventbus.EventBusOptions;

/**
 * How soon members take each other for lost, and find each other again. A member that is silent for
 * ten seconds is removed: requests do not wait for that, since they go by their own bounds, and a
 * busy machine must not part a cluster that is well. Parts that were cut off look for each other
 * every five seconds.
 */
final class Timing {
  private static final int PING_MS = 1000;
  private static final int PONG_MS = 9000;
  private static final int CONNECT_MS = 4000;

  private Timing() {}

  static void of(Config config) {
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", "10");
    config.setProperty("hazelcast.heartbeat.failuredetector.type", "deadline");
    // Also the number of tries, most of which come half a second apart: others may need some to see
    // that the master is gone, and whoever has not by then is taken to be lost as well.
    config.setProperty("hazelcast.mastership.claim.timeout.seconds", "20");
    // Two that do not reach each other, while others reach both: one of them goes.
    config.setProperty("hazelcast.partial.member.disconnection.resolution.heartbeat.count", "5");
    config.setProperty("hazelcast.member.list.publish.interval.seconds", "5");
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
    config.setProperty("hazelcast.max.join.merge.target.seconds", "5");
    config.setProperty("hazelcast.socket.connect.timeout.seconds", "2");
    // Of what waits for a silent member and its backups: requests do not wait that long.
    config.setProperty("hazelcast.operation.call.timeout.millis", "10000");
    config.setProperty("hazelcast.operation.backup.timeout.millis", "1000");
    config.setProperty("hazelcast.graceful.shutdown.max.wait", "10");
  }

  /** A peer that answers no ping is disconnected from about when it ceases to be a member. */
  static EventBusOptions of(EventBusOptions bus) {
    bus.setClusterPingInterval(PING_MS).setClusterPingReplyInterval(PONG_MS);
    bus.setConnectTimeout(CONNECT_MS);
    return bus;
  }
}
