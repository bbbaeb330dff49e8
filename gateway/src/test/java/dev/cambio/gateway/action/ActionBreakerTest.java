package dev.cambio.gateway.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.gateway.AdjustableClock;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionVersion;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ActionBreakerTest {
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final ActionVersion FIRST = version("1");

  private final AdjustableClock clock = new AdjustableClock(Instant.EPOCH);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ActionBreaker breaker =
      new ActionBreaker(new BreakerSettings(3, WINDOW, PAUSE), registry, clock);

  private static ActionVersion version(String id) {
    return new ActionVersion("act", "partner", id, "hash");
  }

  private boolean ran(ActionEnding ending) {
    return breaker.ran("acme", FIRST, ending, true);
  }

  private boolean admits() {
    return breaker.admits("acme", FIRST);
  }

  private void open() {
    assertThat(ran(ActionEnding.TIMED_OUT)).isFalse();
    assertThat(ran(ActionEnding.OUT_OF_MEMORY)).isFalse();
    assertThat(ran(ActionEnding.CRASHED)).isTrue();
  }

  @Test
  void pausesOnlyTheVersionThatKeepsBreakingItsBudget() {
    open();

    assertThat(admits()).isFalse();
    assertThat(breaker.admits("acme", version("2"))).isTrue();
    assertThat(breaker.admits("other", FIRST)).isTrue();
    assertThat(registry.get("cambio.action.breaker.openings").counter().count()).isEqualTo(1);
    assertThat(registry.get("cambio.action.breaker.open").gauge().value()).isEqualTo(1);
  }

  @Test
  @DisplayName("additions C13: a fault of the platform decides nothing; the next run may")
  void aRunThatThePlatformFailedDecidesNothing() {
    open();
    for (ActionEnding ending : ActionEnding.values()) {
      if (ending.platformFault()) {
        assertThat(ran(ending)).isFalse();
        assertThat(admits()).as("in the pause").isFalse();
      }
    }
    for (ActionEnding ending : ActionEnding.values()) {
      if (ending.platformFault()) {
        clock.advance(PAUSE);
        assertThat(admits()).isTrue();
        assertThat(ran(ending)).isFalse();
        assertThat(admits()).as("after " + ending).isTrue();
        assertThat(admits()).as("one at a time").isFalse();
      }
    }
    assertThat(ran(ActionEnding.TIMED_OUT)).isTrue();
    assertThat(admits()).isFalse();
  }

  @Test
  void letsOneRunDecideAfterThePause() {
    open();
    clock.advance(PAUSE);

    assertThat(admits()).isTrue();
    assertThat(admits()).isFalse();
    assertThat(ran(ActionEnding.TIMED_OUT)).isTrue();
    assertThat(admits()).isFalse();

    clock.advance(PAUSE);
    assertThat(admits()).isTrue();
    assertThat(ran(ActionEnding.RETURNED)).isFalse();
    assertThat(admits()).isTrue();
    assertThat(admits()).isTrue();
  }

  @Test
  void letsAnotherRunDecideWhenTheFirstWasNeverHeardOf() {
    open();
    clock.advance(PAUSE);
    assertThat(admits()).isTrue();

    clock.advance(PAUSE);
    assertThat(admits()).isTrue();
  }

  @Test
  void doesNotCountWhatIsNotTheActionsFault() {
    for (int i = 0; i < 10; i++) {
      assertThat(ran(ActionEnding.THREW)).isFalse();
      assertThat(ran(ActionEnding.LOST)).isFalse();
      assertThat(ran(ActionEnding.OVERLOADED)).isFalse();
      assertThat(breaker.ran("acme", FIRST, ActionEnding.TIMED_OUT, false)).isFalse();
    }
    assertThat(admits()).isTrue();
  }

  @Test
  void bearsFailuresThatAreFewAmongManyOrFarApart() {
    ran(ActionEnding.TIMED_OUT);
    for (int i = 0; i < 10; i++) {
      ran(ActionEnding.RETURNED);
    }
    assertThat(ran(ActionEnding.TIMED_OUT)).isFalse();
    assertThat(ran(ActionEnding.TIMED_OUT)).isFalse();
    assertThat(ran(ActionEnding.TIMED_OUT)).isFalse();

    clock.advance(WINDOW);
    assertThat(ran(ActionEnding.TIMED_OUT)).isFalse();
    assertThat(ran(ActionEnding.TIMED_OUT)).isFalse();
    clock.advance(WINDOW);
    assertThat(ran(ActionEnding.TIMED_OUT)).isFalse();
    assertThat(admits()).isTrue();
  }
}
