package dev.cambio.gateway.action;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionResult;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The wall-clock time that the Actions of a trigger share (contract actions-runtime §3), and what
 * of it went by while they did not run. Used by one thread.
 */
final class TriggerBudget {
  private final Duration budget;
  private final LongSupplier nanos;
  private final long deadline;
  private long withheld;

  /**
   * A budget that is spent from now on.
   *
   * @param nanos as {@link System#nanoTime}
   */
  TriggerBudget(Duration budget, LongSupplier nanos) {
    this.budget = budget;
    this.nanos = nanos;
    this.deadline = nanos.getAsLong() + budget.toNanos();
  }

  /** Milliseconds that are left; 0 or less if none are. */
  long remaining() {
    return Duration.ofNanos(deadline - nanos.getAsLong()).toMillis();
  }

  /** Whether most of the time is left, so that who uses it up has only itself to blame. */
  boolean isFair() {
    return remaining() * 2 >= budget.toMillis();
  }

  /**
   * Notes that an Action was run.
   *
   * @param askedAt when, by {@code nanos}
   */
  void spent(long askedAt, ActionResult result) {
    long ran = TimeUnit.MICROSECONDS.toNanos(result.timings().ran());
    withheld += Math.max(0, nanos.getAsLong() - askedAt - ran);
  }

  /**
   * The result, told truthfully: time that is up is the platform's doing where the Actions have not
   * had half of it, because they waited for a slot or a node was lost under them.
   */
  ActionResult judged(ActionResult result) {
    boolean starved = withheld * 2 >= budget.toNanos();
    return starved && result.ending() == ActionEnding.TIMED_OUT
        ? result.as(ActionEnding.STARVED)
        : result;
  }
}
