package dev.cambio.gateway.action;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionVersion;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;

/**
 * Keeps versions of Actions that go on breaking their budget from being run for a while, each by
 * itself, so that they do not take slots and processes from the others. Each gateway node counts
 * the runs that it asks for. Safe for use by many threads.
 */
public final class ActionBreaker {
  private static final int MAX_VERSIONS = 10_000;

  private final BreakerSettings settings;
  private final Clock clock;
  private final Cache<Key, Circuit> circuits;
  private final Counter openings;
  private final Counter refusals;

  private record Key(String tenant, String version) {}

  public ActionBreaker(BreakerSettings settings, MeterRegistry registry, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.circuits = Caffeine.newBuilder().maximumSize(MAX_VERSIONS).build();
    this.openings =
        Counter.builder("cambio.action.breaker.openings")
            .description("Times that a version of an Action was paused for breaking its budget")
            .register(registry);
    this.refusals =
        Counter.builder("cambio.action.breaker.refusals")
            .description("Runs refused because their version is paused")
            .register(registry);
    Gauge.builder("cambio.action.breaker.open", this, ActionBreaker::countOpen)
        .description("Versions of Actions that are paused")
        .register(registry);
  }

  /** Whether the version may be run now; who is told so reports the end by {@link #ran}. */
  boolean admits(String tenant, ActionVersion version) {
    Circuit circuit = circuits.getIfPresent(new Key(tenant, version.versionId()));
    boolean admitted = circuit == null || circuit.admits(clock.millis());
    if (!admitted) {
      refusals.increment();
    }
    return admitted;
  }

  /**
   * Notes how a run ended.
   *
   * @param fair whether the run had most of the trigger's time, so that a timeout is its own fault
   * @return whether the version is paused from now on
   */
  boolean ran(String tenant, ActionVersion version, ActionEnding ending, boolean fair) {
    Key key = new Key(tenant, version.versionId());
    if (ending.platformFault()) {
      Circuit untold = circuits.getIfPresent(key);
      if (untold != null) {
        untold.learntNothing(clock.millis());
      }
      return false;
    }
    if (settings.failures() == 0 || !ending.started()) {
      return false;
    }
    boolean broke = breaksBudget(ending) && (fair || ending != ActionEnding.TIMED_OUT);
    Circuit circuit = broke ? circuits.get(key, _ -> new Circuit()) : circuits.getIfPresent(key);
    boolean opened = circuit != null && circuit.ran(clock.millis(), broke);
    if (opened) {
      openings.increment();
    }
    return opened;
  }

  /** How long a version is paused. */
  Duration pause() {
    return settings.pause();
  }

  private static boolean breaksBudget(ActionEnding ending) {
    return switch (ending) {
      case TIMED_OUT, OUT_OF_MEMORY, LIMIT_EXCEEDED, CRASHED -> true;
      case RETURNED, THREW, LOST, STARVED, OVERLOADED, UNAVAILABLE, CODE_UNAVAILABLE, REFUSED ->
          false;
    };
  }

  private long countOpen() {
    long now = clock.millis();
    return circuits.asMap().values().stream().filter(circuit -> circuit.isOpen(now)).count();
  }

  /** The recent past of one version that has broken its budget. */
  private final class Circuit {
    private long windowEnds;
    private int runs;
    private int failures;
    private boolean tripped;
    private boolean trying;
    private long opensAgainAt;

    synchronized boolean isOpen(long now) {
      return tripped && now < opensAgainAt;
    }

    /** After the pause one run is let through, and no other until it has ended or had a pause. */
    synchronized boolean admits(long now) {
      if (!tripped) {
        return true;
      }
      if (now < opensAgainAt) {
        return false;
      }
      opensAgainAt = now + settings.pause().toMillis();
      trying = true;
      return true;
    }

    /** The run that was let through after the pause has shown nothing, so the next one may. */
    synchronized void learntNothing(long now) {
      if (tripped && trying) {
        trying = false;
        opensAgainAt = now;
      }
    }

    synchronized boolean ran(long now, boolean broke) {
      if (tripped) {
        return afterTrial(now, broke);
      }
      if (now >= windowEnds) {
        windowEnds = now + settings.window().toMillis();
        runs = 0;
        failures = 0;
      }
      runs++;
      failures += broke ? 1 : 0;
      if (!broke || failures < settings.failures() || failures * 2L < runs) {
        return false;
      }
      open(now);
      return true;
    }

    private boolean afterTrial(long now, boolean broke) {
      trying = false;
      if (broke) {
        open(now);
        return true;
      }
      tripped = false;
      windowEnds = now;
      return false;
    }

    private void open(long now) {
      tripped = true;
      opensAgainAt = now + settings.pause().toMillis();
    }
  }
}
