package dev.cambio.gateway.action;

import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionsStatus;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An actions node as this gateway sees it: by what it says, by how long it has said nothing, and by
 * how the runs fare that it was given. Safe for use by many threads.
 */
final class ActionNode {
  /** What the warmth of is remembered, so that a node with many Actions costs no more. */
  private static final int MAX_VERSIONS = 1000;

  private final String address;
  private final Kind kind;

  /** Those that run or wait there, as far as this gateway has caused it. */
  private final Set<ActionCall> calls = ConcurrentHashMap.newKeySet();

  private final Map<String, Boolean> versions = new ConcurrentHashMap<>();
  private volatile ActionsStatus status;
  private volatile long silence;
  private volatile int young;
  private long timesHeard;
  private volatile boolean gone;
  private volatile long failedAt;
  private volatile boolean failed;

  /** Where it is. */
  enum Kind {
    /** In this process, which it ends with. */
    LOCAL,
    /** In another process, so that a run there asks for leave before it has effects. */
    REMOTE,
    /** Nobody knows: whichever node is next. */
    ANY
  }

  ActionNode(ActionsStatus status, Kind kind) {
    this.address = kind == Kind.ANY ? ActionBus.INVOKE : ActionBus.invokeAt(status.node());
    this.kind = kind;
    this.status = status;
  }

  /** Stands for whichever node is next, of which nothing is known. */
  static ActionNode any() {
    return new ActionNode(new ActionsStatus("any", "", false, 1, 1, 0, 0), Kind.ANY);
  }

  String address() {
    return address;
  }

  Kind kind() {
    return kind;
  }

  ActionsStatus status() {
    return status;
  }

  synchronized void heard(ActionsStatus now) {
    status = now;
    silence = 0;
    young = 0;
    timesHeard++;
  }

  /** Nothing was heard for that much longer. */
  synchronized void wasSilent(long nanos) {
    silence = silence + nanos;
  }

  /** A run is given to it, after it has been heard that often. */
  synchronized long begins(ActionCall call) {
    calls.add(call);
    young = young + 1;
    return timesHeard;
  }

  /**
   * A run has ended, or is not waited for any more.
   *
   * @param begunAt what {@link #begins} answered: what it has said since may count the run
   */
  synchronized void ends(ActionCall call, long begunAt) {
    calls.remove(call);
    if (begunAt == timesHeard) {
      young = young - 1;
    }
  }

  /** For how long nothing was heard, in nanoseconds of this gateway's own time. */
  long silence() {
    return silence;
  }

  void leave() {
    gone = true;
  }

  /** Whether it is no member of the cluster any more. */
  boolean isGone() {
    return gone;
  }

  Set<ActionCall> calls() {
    return calls;
  }

  /** Notes how a run fared. */
  void ran(String version, boolean well, long now) {
    if (well) {
      failed = false;
      if (versions.size() < MAX_VERSIONS) {
        versions.put(version, true);
      }
    } else {
      failed = true;
      failedAt = now;
    }
  }

  /** Whether a run was lost there, or not begun for want of anything to run it, lately. */
  boolean hasFailedWithin(long nanos, long now) {
    return failed && now - failedAt < nanos;
  }

  /** Whether the version need not be loaded first: it has run there, or nothing is yet to load. */
  boolean isWarmFor(String version) {
    return status.cold() == 0 || versions.containsKey(version);
  }

  /** Runs that hold or want a slot there: those it told of, and those it was given since. */
  private int load() {
    ActionsStatus said = status;
    return said.slots() - said.free() + said.waiting() + young;
  }

  boolean hasFreeSlot() {
    return load() < status.slots();
  }

  /** Load by slot. */
  double pressure() {
    return (double) load() / Math.max(1, status.slots());
  }

  @Override
  public String toString() {
    return status.node();
  }
}
