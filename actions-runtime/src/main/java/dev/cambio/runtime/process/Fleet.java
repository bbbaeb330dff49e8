package dev.cambio.runtime.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which guest processes serve, which one is the spare, and which are on their way out. To be used
 * under the lock of its owner.
 */
final class Fleet {
  private static final Logger log = LoggerFactory.getLogger(Fleet.class);

  /**
   * How long a run beside one that hangs may go on once their process is replaced, if it cannot be
   * moved. Nearly all take milliseconds; meanwhile the one that hangs takes a processor.
   */
  private static final long DRAIN_MS = 1000;

  private final int wanted;
  private final Lanes lanes;
  private final ScheduledExecutorService supervisor;
  private final Runnable lanesToHave;
  private final Runnable refill;
  private final Set<GuestProcess> serving = new LinkedHashSet<>();
  private final Map<GuestProcess, GuestEnd> toReplace = new LinkedHashMap<>();
  private final Map<GuestProcess, GuestEnd> retiring = new LinkedHashMap<>();
  private @Nullable GuestProcess spare;
  private int replaced;
  private int tampered;

  /**
   * No processes yet.
   *
   * @param wanted number of processes that are to serve
   * @param lanesToHave called when there are more lanes that runs may take
   * @param refill called when one more process may be wanted
   */
  Fleet(
      int wanted,
      Lanes lanes,
      ScheduledExecutorService supervisor,
      Runnable lanesToHave,
      Runnable refill) {
    this.wanted = wanted;
    this.lanes = lanes;
    this.supervisor = supervisor;
    this.lanesToHave = lanesToHave;
    this.refill = refill;
  }

  int wanted() {
    return wanted;
  }

  boolean serves(GuestProcess process) {
    return serving.contains(process);
  }

  boolean isSpare(GuestProcess process) {
    return process == spare;
  }

  boolean hasSpare() {
    return spare != null;
  }

  /** Whether fewer processes serve than are to. */
  boolean isShort() {
    return serving.size() < wanted;
  }

  Stream<GuestProcess> serving() {
    return serving.stream();
  }

  /** Those that serve first, then the spare. */
  Stream<GuestProcess> all() {
    List<GuestProcess> all = new ArrayList<>(serving);
    if (spare != null) {
      all.add(spare);
    }
    all.addAll(retiring.keySet());
    return all.stream();
  }

  /** How many of those that serve are alive. */
  int alive() {
    return (int) serving.stream().filter(GuestProcess::isAlive).count();
  }

  int retiring() {
    return retiring.size();
  }

  /** How many that served have been replaced. */
  int replaced() {
    return replaced;
  }

  /** How many runs have changed globals or intrinsics, in processes that have ended too. */
  int tampered() {
    return tampered + all().mapToInt(GuestProcess::tampered).sum();
  }

  /** Takes in a process that can run code. */
  void join(GuestProcess process) {
    spare = process;
    if (isShort()) {
      promote();
    } else {
      replaceIfPossible();
    }
  }

  /** Has a process that serves replaced as soon as there is a spare. */
  void replace(GuestProcess process, GuestEnd why) {
    if (toReplace.putIfAbsent(process, why) == null) {
      replaceIfPossible();
    }
  }

  /** A run has taken a lane of the process for good. */
  void lostLane(GuestProcess process) {
    if (process == spare || retiring.containsKey(process)) {
      retire(process, GuestEnd.HUNG);
    } else if (serving.contains(process)) {
      toReplace.put(process, GuestEnd.HUNG);
      replaceIfPossible();
    }
  }

  /** A lane of the process has nothing to do any more. */
  void laneBack(GuestProcess process) {
    if (retiring.containsKey(process)) {
      endIfDone(process);
    }
  }

  /**
   * A process has ended.
   *
   * @param meant whether all are to end
   */
  void ended(GuestProcess process, GuestEnd end, boolean meant) {
    tampered += process.tampered();
    lanes.remove(process);
    toReplace.remove(process);
    retiring.remove(process);
    if (serving.remove(process)) {
      replaced++;
      if (!meant) {
        log.warn("guest process {} has ended and is replaced: {}", process.pid(), end.label());
      }
      promote();
    } else if (process == spare) {
      log.warn("guest process {}, the spare, has ended: {}", process.pid(), end.label());
      spare = null;
    }
  }

  private void promote() {
    if (spare != null) {
      serving.add(spare);
      if (spare.drained().isDone()) {
        toReplace.put(spare, GuestEnd.REPLACED);
      }
      spare = null;
      lanesToHave.run();
    }
  }

  /** Has the spare take over from a process that is to go, or lets it go if it is of no use. */
  private void replaceIfPossible() {
    for (Map.Entry<GuestProcess, GuestEnd> entry : List.copyOf(toReplace.entrySet())) {
      if (spare != null || !lanes.usable(entry.getKey())) {
        retire(entry.getKey(), entry.getValue());
      }
    }
  }

  private void retire(GuestProcess process, GuestEnd why) {
    toReplace.remove(process);
    retiring.put(process, why);
    if (serving.remove(process)) {
      replaced++;
      log.info("guest process {} is replaced: {}", process.pid(), why.label());
      promote();
    } else if (process == spare) {
      spare = null;
    }
    if (why == GuestEnd.HUNG && !process.hasRunsWithEffects()) {
      process.end(why);
    } else if (why == GuestEnd.HUNG) {
      var _ = supervisor.schedule(() -> process.end(why), DRAIN_MS, TimeUnit.MILLISECONDS);
    }
    if (retiring.size() > wanted) {
      Map.Entry<GuestProcess, GuestEnd> oldest = retiring.entrySet().iterator().next();
      oldest.getKey().end(oldest.getValue());
    }
    endIfDone(process);
    refill.run();
  }

  private void endIfDone(GuestProcess process) {
    if (!lanes.busy(process) && !process.hasRuns()) {
      process.end(retiring.getOrDefault(process, GuestEnd.REPLACED));
    }
  }
}
