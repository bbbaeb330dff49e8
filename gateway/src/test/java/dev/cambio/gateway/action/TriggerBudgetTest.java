package dev.cambio.gateway.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("additions C13: whose doing it is that the time of a trigger is up")
class TriggerBudgetTest {
  private long now;
  private final TriggerBudget budget = new TriggerBudget(Duration.ofSeconds(20), () -> now);

  /** An Action is asked for, and ran for the last part of that time. */
  private ActionResult ran(int seconds, int ofThemRun, ActionEnding ending) {
    long askedAt = now;
    now += TimeUnit.SECONDS.toNanos(seconds);
    ActionResult result =
        new ActionResult(
            ending,
            List.of(),
            ActionError.of("Error", "x"),
            List.of(),
            new ActionResult.Timings(0, TimeUnit.SECONDS.toMicros(ofThemRun), 0));
    budget.spent(askedAt, result);
    return budget.judged(result);
  }

  @Test
  void anActionThatRunsUntilItsTimeIsUpHasTimedOut() {
    assertThat(ran(20, 20, ActionEnding.TIMED_OUT).ending()).isEqualTo(ActionEnding.TIMED_OUT);
  }

  @Test
  void aShortWaitIsNoExcuse() {
    assertThat(ran(20, 11, ActionEnding.TIMED_OUT).ending()).isEqualTo(ActionEnding.TIMED_OUT);
  }

  @Test
  void whoWaitedForMostOfTheTimeIsStarved() {
    assertThat(ran(20, 10, ActionEnding.TIMED_OUT).ending()).isEqualTo(ActionEnding.STARVED);
  }

  @Test
  void whatEarlierActionsWaitedCountsToo() {
    ran(12, 1, ActionEnding.RETURNED);
    assertThat(budget.isFair()).isFalse();
    assertThat(ran(8, 8, ActionEnding.TIMED_OUT).ending()).isEqualTo(ActionEnding.STARVED);
  }

  @Test
  void whatEarlierActionsRanIsTheirOwn() {
    ran(12, 12, ActionEnding.RETURNED);
    assertThat(ran(8, 8, ActionEnding.TIMED_OUT).ending()).isEqualTo(ActionEnding.TIMED_OUT);
  }

  @Test
  void onlyTimeThatIsUpIsJudged() {
    assertThat(ran(20, 0, ActionEnding.THREW).ending()).isEqualTo(ActionEnding.THREW);
  }
}
