package dev.cambio.runtime.process;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/** What guest processes have gone through, in numbers. Safe for use by many threads. */
final class GuestMeters {
  private final MeterRegistry registry;
  private final Counter started;
  private final Map<GuestEnd, Counter> ended = new EnumMap<>(GuestEnd.class);
  private final Counter moved;
  private final Counter openedForRun;
  private final Counter openedAhead;
  private final Counter realmsEnded;
  private final Counter notWarmed;

  GuestMeters(MeterRegistry registry) {
    this.registry = registry;
    this.started = counter("cambio.guest.started", "Guest processes started");
    for (GuestEnd end : GuestEnd.values()) {
      ended.put(
          end,
          Counter.builder("cambio.guest.ended")
              .description("Guest processes that have ended, by reason")
              .tag("reason", end.label())
              .register(registry));
    }
    this.moved = counter("cambio.action.moved", "Runs moved to another guest process");
    this.openedForRun = opened("run");
    this.openedAhead = opened("ahead");
    this.realmsEnded = counter("cambio.realms.retired", "JavaScript realms ended");
    this.notWarmed =
        counter("cambio.realms.refused", "Versions not opened ahead, since they do not load well");
  }

  /** Has the numbers of processes read whenever somebody looks. */
  void watch(GuestProcesses processes) {
    state("serving", processes, GuestProcesses.Health::serving);
    state("spare", processes, health -> health.spare() ? 1 : 0);
    state("retiring", processes, GuestProcesses.Health::retiring);
    Gauge.builder("cambio.realms.cold", processes, all -> all.health().cold())
        .description("Realms of deployed versions that are yet to be opened ahead")
        .register(registry);
  }

  void started() {
    started.increment();
  }

  void ended(GuestEnd end) {
    Counter counter = ended.get(end);
    if (counter != null) {
      counter.increment();
    }
  }

  void moved() {
    moved.increment();
  }

  void realms(boolean forRun, int opened, int retired) {
    (forRun ? openedForRun : openedAhead).increment(opened);
    realmsEnded.increment(retired);
  }

  void notWarmed() {
    notWarmed.increment();
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private Counter opened(String when) {
    return Counter.builder("cambio.realms.opened")
        .description("JavaScript realms opened, for a run that waits or ahead of one")
        .tag("when", when)
        .register(registry);
  }

  private void state(
      String state, GuestProcesses processes, ToIntFunction<GuestProcesses.Health> count) {
    Gauge.builder("cambio.guest.processes", processes, all -> count.applyAsInt(all.health()))
        .description("Guest processes by what they are there for")
        .tag("state", state)
        .register(registry);
  }
}
