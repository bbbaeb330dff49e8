package dev.cambio.runtime;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.runtime.host.RunServices;
import dev.cambio.runtime.process.GuestCall;
import dev.cambio.runtime.process.GuestProcesses;
import dev.cambio.runtime.process.RunReport;
import dev.cambio.runtime.process.RunSlot;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whoever does one run after the other: a worker verticle. Its thread blocks for the whole run and
 * serves the guest's host calls meanwhile. There is one for each run that may be open at a time,
 * running or parked.
 *
 * <p>Work is handed over with {@code runOnContext}, not over a bus address of its own: intake and
 * worker are always in one JVM, so a message would only add a codec and a reply, and the intake
 * gives a worker one run at a time, which is all the back-pressure there is to keep.
 */
final class ActionVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(ActionVerticle.class);

  private final GuestProcesses processes;
  private final Services services;

  /** What a node does for one run. */
  @FunctionalInterface
  interface Services {
    /**
     * Services of a run.
     *
     * @param budget that is left of its time
     * @param leave says whether it may have effects, and may block for that
     */
    RunServices of(ActionInvocation invocation, Duration budget, BooleanSupplier leave);
  }

  ActionVerticle(GuestProcesses processes, Services services) {
    this.processes = processes;
    this.services = services;
  }

  /**
   * Runs what a caller wants on this worker's thread.
   *
   * @param receivedAt {@link System#nanoTime} of its arrival
   * @param slot the run's, which it holds
   * @param answer takes the result, always, on this worker's thread
   */
  void accept(Caller caller, long receivedAt, RunSlot slot, Consumer<ActionResult> answer) {
    context.runOnContext(_ -> answer.accept(runSafely(caller, receivedAt, slot)));
  }

  private ActionResult runSafely(Caller caller, long receivedAt, RunSlot slot) {
    try {
      return run(caller, receivedAt, slot);
    } catch (RuntimeException | Error e) { // whatever it is, somebody waits for an answer
      log.error("{} failed in the node", caller.invocation(), e);
      return ActionResult.of(ActionEnding.LOST, "The Actions runtime failed");
    }
  }

  private ActionResult run(Caller caller, long receivedAt, RunSlot slot) {
    ActionInvocation invocation = caller.invocation();
    long startedAt = System.nanoTime();
    long queued = startedAt - receivedAt;
    Duration budget = Duration.ofMillis(invocation.timeoutMs()).minusNanos(queued);
    if (!budget.isPositive()) {
      return ActionResult.notStarted(ActionEnding.OVERLOADED, "No slot became free in time");
    }
    try (RunServices run = services.of(invocation, budget, caller::grantsLeave)) {
      RunReport report = processes.run(GuestCall.of(invocation, budget), run, slot);
      long waited = slot.waited();
      long ran = System.nanoTime() - startedAt - waited;
      return run.result(
          report,
          new ActionResult.Timings((queued + waited) / 1000, ran / 1000, report.cpuMicros()));
    }
  }
}
