package dev.cambio.model.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.multimap.MultiMap;
import io.vertx.core.Completable;
import io.vertx.core.Promise;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who listens where on the event bus, as the Vert.x cluster manager keeps it in Hazelcast, put
 * right after members were lost and parts of the cluster merged. Merging keeps one side's entries
 * and announces nothing, and a member that is slow to hear of another's departure removes what that
 * one has registered since. So each member looks after its own entries, sends nothing to whom is no
 * member, and looks again at what it has remembered of others, at each change and every few
 * seconds.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // What they hand on to is.
final class BusRegistry extends HazelcastClusterManager {
  private static final Logger LOG = LoggerFactory.getLogger(BusRegistry.class);
  private static final long PERIOD_SECONDS = 3;

  /** Stands before the node in addresses that name it. */
  private static final char AT = '@';

  private final HazelcastInstance hazelcast;
  private final Set<Registration> own = ConcurrentHashMap.newKeySet();

  /** What the bus was told last, by address that it sends to. */
  private final Map<String, Set<RegistrationInfo>> told = new ConcurrentHashMap<>();

  private final Map<String, NodeInfo> nodes = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("cambio-bus-registry").factory());
  private volatile RegistrationListener bus = new RegistrationListener() {};

  private record Registration(String address, RegistrationInfo info) {}

  BusRegistry(HazelcastInstance hazelcast) {
    super(hazelcast);
    this.hazelcast = hazelcast;
  }

  @Override
  public void join(Completable<Void> promise) {
    super.join(promise);
    var _ =
        thread.scheduleWithFixedDelay(
            this::putRight, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void leave(Completable<Void> promise) {
    thread.shutdown();
    super.leave(promise);
  }

  @Override
  public void registrationListener(RegistrationListener listener) {
    bus = listener;
    super.registrationListener(
        new RegistrationListener() {
          @Override
          public void registrationsUpdated(RegistrationUpdateEvent event) {
            tell(event.address(), event.registrations());
          }

          @Override
          public void registrationsLost() {
            listener.registrationsLost();
          }

          @Override
          public boolean wantsUpdatesFor(String address) {
            return listener.wantsUpdatesFor(address);
          }
        });
  }

  @Override
  public void addRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
    if (!info.localOnly()) {
      own.add(new Registration(address, info));
    }
    super.addRegistration(address, info, promise);
  }

  @Override
  public void removeRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
    own.remove(new Registration(address, info));
    super.removeRegistration(address, info, promise);
  }

  /**
   * Who is at an address that names its node is known without asking: the map that tells of the
   * others is spread over the members, and cannot be read for a while when one of them is lost,
   * just when a run is to be given to another node.
   */
  @Override
  public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
    int at = address.indexOf(AT);
    if (at >= 0) {
      promise.succeed(List.of(new RegistrationInfo(address.substring(at + 1), 0, false)));
      return;
    }
    Promise<List<RegistrationInfo>> all = Promise.promise();
    super.getRegistrations(address, all);
    all.future()
        .map(this::ofMembers)
        .onSuccess(known -> told.put(address, Set.copyOf(known)))
        .onComplete(promise);
  }

  /** Where a member's bus is never changes, so it is asked for once. */
  @Override
  public void getNodeInfo(String nodeId, Completable<NodeInfo> promise) {
    NodeInfo known = nodes.get(nodeId);
    if (known != null) {
      promise.succeed(known);
      return;
    }
    Promise<NodeInfo> asked = Promise.promise();
    super.getNodeInfo(nodeId, asked);
    asked.future().onSuccess(info -> nodes.put(nodeId, info)).onComplete(promise);
  }

  @Override
  public void memberAdded(MembershipEvent event) {
    inTurn(() -> super.memberAdded(event));
  }

  @Override
  public void memberRemoved(MembershipEvent event) {
    forgetStrangers();
    inTurn(
        () -> {
          // Whoever is back by now has registered anew, and that must stay.
          if (!getNodes().contains(event.getMember().getAttribute("__vertx.nodeId"))) {
            super.memberRemoved(event);
          }
        });
  }

  @Override
  public void stateChanged(LifecycleEvent event) {
    inTurn(() -> super.stateChanged(event));
  }

  /** On a thread of its own, since it asks the cluster, which Hazelcast's events must not do. */
  private void inTurn(Runnable change) {
    try {
      thread.execute(
          () -> {
            change.run();
            putRight();
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the bus has left");
    }
  }

  /** Asks nobody. */
  private void forgetStrangers() {
    nodes.keySet().retainAll(Set.copyOf(getNodes()));
    told.forEach((address, known) -> tell(address, List.copyOf(known)));
  }

  private void putRight() {
    try {
      forgetStrangers();
      registerAgain();
      for (String address : told.keySet()) {
        lookAgain(address);
      }
    } catch (RuntimeException e) {
      // A member is silent, or this one is leaving: the next turn will do.
      LOG.debug("what is registered on the bus cannot be looked at now", e);
    }
  }

  private void registerAgain() {
    String self = getNodeId();
    NodeInfo info = getNodeInfo();
    if (info != null && !hazelcast.getMap("__vertx.nodeInfo").containsKey(self)) {
      setNodeInfo(info, Promise.promise());
    }
    MultiMap<String, HazelcastRegistrationInfo> all = hazelcast.getMultiMap("__vertx.subs");
    for (Registration registration : own) {
      HazelcastRegistrationInfo value = new HazelcastRegistrationInfo(registration.info());
      if (!all.containsEntry(registration.address(), value)) {
        all.put(registration.address(), value);
        if (!own.contains(registration)) {
          all.remove(registration.address(), value);
        }
      }
    }
  }

  private void lookAgain(String address) {
    if (!bus.wantsUpdatesFor(address)) {
      told.remove(address);
      return;
    }
    Promise<List<RegistrationInfo>> all = Promise.promise();
    super.getRegistrations(address, all);
    all.future().onSuccess(found -> tell(address, found));
  }

  private void tell(String address, List<RegistrationInfo> registrations) {
    List<RegistrationInfo> known = ofMembers(registrations);
    Set<RegistrationInfo> before = told.put(address, Set.copyOf(known));
    if (!new HashSet<>(known).equals(before)) {
      bus.registrationsUpdated(new RegistrationUpdateEvent(address, known));
    }
  }

  private List<RegistrationInfo> ofMembers(List<RegistrationInfo> registrations) {
    Set<String> members = Set.copyOf(getNodes());
    return registrations.stream().filter(info -> members.contains(info.nodeId())).toList();
  }
}
