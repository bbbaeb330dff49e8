package dev.cambio.gateway.action;

import dev.cambio.gateway.action.ActionNode.Kind;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionsStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This gateway's own view of the actions nodes: who is well, who is silent, and whom to give the
 * next run. A node that is silent is suspected, not dead: it is used again when it is heard again,
 * or when there is no other. Safe for use by many threads.
 */
public final class ActionNodes {
  private static final Logger LOG = LoggerFactory.getLogger(ActionNodes.class);

  /** After that a node is not chosen, and what it was given is taken from it if it may be. */
  static final Duration SUSPECTED = Duration.ofSeconds(1);

  /** After that a run that may not be repeated is given up, while others could serve the client. */
  static final Duration LOST = Duration.ofSeconds(2);

  /** After that a node is forgotten that has not left the cluster as it should. */
  static final Duration FORGOTTEN = Duration.ofMinutes(1);

  /** For how long a node that has failed a run comes after the others. */
  static final Duration AVOIDED = Duration.ofSeconds(2);

  private final Map<String, ActionNode> nodes = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final ActionNode any = ActionNode.any();
  private final Predicate<String> isMember;
  private final LongSupplier nanos;
  private volatile boolean hasHeard;
  private long tickedAt;

  /**
   * A view that knows nobody yet.
   *
   * @param isMember whether the cluster has a member, as this process sees it
   * @param nanos as {@link System#nanoTime}
   */
  public ActionNodes(Predicate<String> isMember, MeterRegistry registry, LongSupplier nanos) {
    this.isMember = isMember;
    this.nanos = nanos;
    this.tickedAt = nanos.getAsLong();
    Gauge.builder("cambio.action.nodes", this, view -> view.count(ActionNodes::isWell))
        .tag("state", "well")
        .description("Actions nodes, as this gateway sees them")
        .register(registry);
    Gauge.builder("cambio.action.nodes", this, view -> view.count(node -> !isWell(node)))
        .tag("state", "silent")
        .description("Actions nodes, as this gateway sees them")
        .register(registry);
  }

  /** The time that the view goes by, as {@link System#nanoTime}. */
  long now() {
    return nanos.getAsLong();
  }

  /** How many nodes take runs and are heard. */
  public int well() {
    return (int) count(ActionNodes::isWell);
  }

  /**
   * A node has said how it is. One that is no member of the cluster, since it was cut off or stood
   * still for long, is not heard until it is: it has not what the others have in common.
   *
   * @param local whether it is in this process
   */
  void heard(ActionsStatus status, boolean local) {
    if (!local && !isMember.test(status.member())) {
      return;
    }
    hasHeard = true;
    ActionNode known = nodes.get(status.node());
    if (known == null) {
      LOG.info("Actions node {} is there, with {} slots", status.node(), status.slots());
      nodes.put(status.node(), new ActionNode(status, local ? Kind.LOCAL : Kind.REMOTE));
      return;
    }
    if (isSuspected(known) && !known.status().draining()) {
      LOG.info("Actions node {} is heard again", known);
    }
    if (status.draining() && !known.status().draining()) {
      LOG.info("Actions node {} takes no more runs", known);
    }
    known.heard(status);
  }

  /** A member has left the cluster. */
  void left(String member) {
    nodes.values().stream()
        .filter(node -> node.status().member().equals(member))
        .forEach(this::drop);
  }

  private void drop(ActionNode node) {
    if (nodes.remove(node.status().node(), node)) {
      LOG.info("Actions node {} has left", node);
      node.leave();
      judgeCalls(node);
    }
  }

  /**
   * Looks after the silent. To be called once in {@link ActionBus#STATUS_INTERVAL}; when it is not,
   * this process was not running or is held up, and does not take that for the silence of others.
   */
  void tick() {
    long now = nanos.getAsLong();
    long passed = Math.min(now - tickedAt, 2 * ActionBus.STATUS_INTERVAL.toNanos());
    tickedAt = now;
    for (ActionNode node : nodes.values()) {
      boolean before = isSuspected(node);
      node.wasSilent(passed);
      if (isSuspected(node)) {
        lookAfter(node, before);
      }
      judgeCalls(node);
    }
    judgeCalls(any);
  }

  private void lookAfter(ActionNode node, boolean before) {
    if (!before && !node.status().draining()) {
      LOG.warn("Actions node {} is silent", node);
    }
    if (node.silence() >= FORGOTTEN.toNanos() || !isMember.test(node.status().member())) {
      drop(node);
    }
  }

  private void judgeCalls(ActionNode node) {
    if (!node.calls().isEmpty()) {
      long now = nanos.getAsLong();
      node.calls().forEach(call -> call.judge(now, patience(node)));
    }
  }

  /** What may be given up of that node's. */
  private ActionCall.Patience patience(ActionNode node) {
    if (node.isGone()) {
      return ActionCall.Patience.NONE;
    }
    boolean others = nodes.values().stream().anyMatch(other -> other != node && isWell(other));
    if (!others || !isSuspected(node)) {
      return ActionCall.Patience.UNTIL_TIME_IS_UP;
    }
    return node.silence() >= LOST.toNanos()
        ? ActionCall.Patience.NONE
        : ActionCall.Patience.IF_IT_HAS_EFFECTS;
  }

  /**
   * The node to give a run to.
   *
   * @param version of the Action
   * @param home where the request's other Actions ran
   * @param tried nodes that were asked before
   * @return empty if there is none
   */
  Optional<ActionNode> choose(String version, @Nullable ActionNode home, Set<ActionNode> tried) {
    if (!hasHeard) {
      return Optional.of(any);
    }
    if (home != null && suits(home, tried) && home.hasFreeSlot()) {
      return Optional.of(home);
    }
    return candidates(tried)
        .filter(ActionNodes::isWell)
        .min(order(version, home))
        .or(() -> candidates(tried).min(Comparator.comparingLong(ActionNode::silence)));
  }

  private boolean suits(ActionNode node, Set<ActionNode> tried) {
    return isWell(node) && !tried.contains(node);
  }

  /** In another order each time, so that equals take turns. */
  private Stream<ActionNode> candidates(Set<ActionNode> tried) {
    ActionNode[] all = nodes.values().toArray(new ActionNode[0]);
    int first = all.length == 0 ? 0 : Math.floorMod(turn.getAndIncrement(), all.length);
    return Stream.concat(Stream.of(all).skip(first), Stream.of(all).limit(first))
        .filter(node -> !tried.contains(node) && !node.status().draining());
  }

  private Comparator<ActionNode> order(String version, @Nullable ActionNode home) {
    long now = nanos.getAsLong();
    return Comparator.<ActionNode>comparingInt(node -> node.hasFreeSlot() ? 0 : 1)
        .thenComparing(node -> node.hasFailedWithin(AVOIDED.toNanos(), now))
        .thenComparingInt(node -> node == home ? 0 : 1)
        .thenComparingInt(node -> node.kind() == Kind.LOCAL ? 0 : 1)
        .thenComparingInt(node -> node.isWarmFor(version) ? 0 : 1)
        .thenComparingDouble(ActionNode::pressure);
  }

  private long count(Predicate<ActionNode> which) {
    return nodes.values().stream().filter(which).count();
  }

  private static boolean isSuspected(ActionNode node) {
    return node.kind() == Kind.REMOTE && node.silence() >= SUSPECTED.toNanos();
  }

  private static boolean isWell(ActionNode node) {
    return !isSuspected(node) && !node.isGone() && !node.status().draining();
  }
}
