package dev.cambio.model.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches who joins and leaves, and this process for times in which it did not run; says each in
 * one line of the log, and keeps {@link Standing}. Members without data, which are services, come
 * and go without changing it.
 */
final class MemberWatch implements MembershipListener, LifecycleListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MemberWatch.class);
  private static final long TICK_MS = 250;
  private static final long LOOK_MS = 1000;
  private static final int CONNECT_MS = 800;

  private final HazelcastInstance hazelcast;
  private final MemberNetwork network;
  private final Standing standing = new Standing(System::nanoTime);
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(
          2, Thread.ofPlatform().daemon().name("cambio-member-watch-", 0).factory());
  private long ticked = System.nanoTime();

  private MemberWatch(HazelcastInstance hazelcast, MemberNetwork network) {
    this.hazelcast = hazelcast;
    this.network = network;
  }

  /** Watches from now on. */
  static MemberWatch start(HazelcastInstance hazelcast, MemberNetwork network) {
    MemberWatch watch = new MemberWatch(hazelcast, network);
    hazelcast.getCluster().addMembershipListener(watch);
    hazelcast.getCluster().getMembers().forEach(member -> network.met(member, false));
    watch.count();
    hazelcast.getLifecycleService().addLifecycleListener(watch);
    var _ =
        watch.threads.scheduleWithFixedDelay(watch::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    var _ =
        watch.threads.scheduleWithFixedDelay(watch::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    return watch;
  }

  Standing.View view() {
    return standing.view();
  }

  @Override
  public void memberAdded(MembershipEvent event) {
    network.met(event.getMember(), false);
    count();
    if (!event.getMember().localMember()) {
      LOG.info("cluster: {} joined; {}", name(event.getMember()), size());
    }
  }

  @Override
  public void memberRemoved(MembershipEvent event) {
    if (threads.isShutdown()) {
      // This member is leaving, so others are lost to it.
      return;
    }
    Member member = event.getMember();
    network.met(member, true);
    if (!member.isLiteMember()) {
      standing.lost(address(member));
    }
    count();
    LOG.info("cluster: {} is no member any more; {}", name(member), size());
    lookNow();
  }

  @Override
  public void stateChanged(LifecycleEvent event) {
    if (event.getState() == LifecycleState.MERGING) {
      standing.merging();
      LOG.info("cluster: found a larger part of the cluster, and joins it");
    } else if (event.getState() == LifecycleState.MERGED) {
      standing.merged();
      count();
      LOG.info("cluster: merged; {}", size());
    } else if (event.getState() == LifecycleState.MERGE_FAILED) {
      standing.mergeFailed();
      LOG.warn("cluster: could not merge with the larger part");
    }
  }

  private void count() {
    Member self = hazelcast.getCluster().getLocalMember();
    standing.members(
        hazelcast.getCluster().getMembers().stream()
            .filter(member -> !member.isLiteMember() && !member.equals(self))
            .map(MemberWatch::address)
            .toList());
  }

  private String size() {
    int members = hazelcast.getCluster().getMembers().size();
    List<String> missing = standing.view().missing();
    return members
        + (members == 1 ? " member" : " members")
        + (missing.isEmpty() ? "" : ", missing: " + String.join(", ", missing));
  }

  private void tick() {
    long now = System.nanoTime();
    Duration gap = Duration.ofNanos(now - ticked);
    ticked = now;
    if (gap.compareTo(Standing.PAUSE) > 0) {
      standing.paused(gap);
      LOG.warn("cluster: this process did not run for {} s", gap.toSeconds());
    }
  }

  private void lookNow() {
    try {
      threads.execute(this::look);
    } catch (RejectedExecutionException e) {
      LOG.debug("this member is leaving");
    }
  }

  /** Whether the missing have ended: then their port is closed. */
  private void look() {
    for (String missing : standing.missing()) {
      if (isClosed(missing)) {
        standing.gone(missing);
      }
    }
  }

  private static boolean isClosed(String address) {
    int colon = address.lastIndexOf(':');
    try (Socket socket = new Socket()) {
      Address target =
          new Address(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
      socket.connect(target.getInetSocketAddress(), CONNECT_MS);
      return false;
    } catch (ConnectException e) {
      // Nobody listens; what is out of reach fails otherwise.
      return String.valueOf(e.getMessage()).contains("refused");
    } catch (IOException e) {
      return false;
    }
  }

  private static String address(Member member) {
    return member.getAddress().getHost() + ":" + member.getAddress().getPort();
  }

  private static String name(Member member) {
    return address(member) + (member.isLiteMember() ? " (a service)" : "");
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
