package dev.cambio.runtime;

import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs of Actions, in numbers. Labels name the tenant and the Action, but not more of them than a
 * scrape can bear: those that come later are counted together. For use by one thread.
 */
final class ActionMeters {
  private static final int MAX_ACTIONS = 200;
  private static final Tags OTHERS = Tags.of("tenant", "", "action", "others");

  /** From a warm trivial handler to the longest budget in use. */
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30)
  };

  private final MeterRegistry registry;
  private final Map<Key, Tags> actions = new HashMap<>();
  private final Map<Tags, Counter> counters = new HashMap<>();
  private final Timer queued;
  private final Timer ran;
  private final Timer cpu;

  private record Key(String tenant, String action) {}

  ActionMeters(MeterRegistry registry) {
    this.registry = registry;
    this.queued = timer("cambio.action.queue", "Time that runs waited for a slot");
    this.ran = timer("cambio.action.run", "Time that runs took, without waiting");
    this.cpu = timer("cambio.action.cpu", "CPU time that runs took");
  }

  /** Has the intake's numbers read whenever somebody looks. */
  void watch(ActionIntakeVerticle intake, int slots) {
    Gauge.builder("cambio.action.slots", () -> slots)
        .description("Runs possible at a time")
        .register(registry);
    Gauge.builder("cambio.action.slots.busy", intake, ActionIntakeVerticle::busy)
        .description("Runs at this moment")
        .register(registry);
    Gauge.builder("cambio.action.parked", intake, ActionIntakeVerticle::parked)
        .description("Runs that have begun, wait for something, and hold no slot")
        .register(registry);
    Gauge.builder("cambio.action.waiting", intake, ActionIntakeVerticle::waiting)
        .description("Invocations that wait for a slot")
        .register(registry);
  }

  /** Counts an invocation that has been answered. */
  void answered(ActionInvocation invocation, ActionResult result) {
    Tags tags =
        actions
            .getOrDefault(key(invocation), OTHERS)
            .and("ending", result.ending().name().toLowerCase(Locale.ROOT));
    counters.computeIfAbsent(tags, this::counter).increment();
    if (result.ending().started()) {
      queued.record(result.timings().queued(), TimeUnit.MICROSECONDS);
      ran.record(result.timings().ran(), TimeUnit.MICROSECONDS);
      cpu.record(result.timings().cpu(), TimeUnit.MICROSECONDS);
    }
  }

  private Key key(ActionInvocation invocation) {
    Key key = new Key(invocation.tenantId(), invocation.version().actionName());
    if (actions.size() < MAX_ACTIONS) {
      actions.computeIfAbsent(key, k -> Tags.of("tenant", k.tenant(), "action", k.action()));
    }
    return key;
  }

  private Counter counter(Tags tags) {
    return Counter.builder("cambio.action.runs")
        .description("Invocations of Actions, by how they ended")
        .tags(tags)
        .register(registry);
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }
}
