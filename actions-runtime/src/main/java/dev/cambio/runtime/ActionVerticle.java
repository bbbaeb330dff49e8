package dev.cambio.runtime;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.runtime.host.RunServices;
import dev.cambio.runtime.process.GuestCall;
import dev.cambio.runtime.process.GuestProcesses;
import dev.cambio.runtime.process.RunReport;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One slot: a worker verticle. Its thread blocks for the whole run and serves the guest's host
 * calls meanwhile. There are as many slots as lanes of the guest processes that serve.
 *
 * <p>Work is handed over with {@code runOnContext}, not over a bus address of its own: intake and
 * slot are always in one JVM, so a message would only add a codec and a reply, and the intake gives
 * a slot one run at a time, which is all the back-pressure there is to keep.
 */
final class ActionVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(ActionVerticle.class);

  private final GuestProcesses processes;
  private final BiFunction<ActionInvocation, Duration, RunServices> services;

  ActionVerticle(
      GuestProcesses processes, BiFunction<ActionInvocation, Duration, RunServices> services) {
    this.processes = processes;
    this.services = services;
  }

  /**
   * Runs an invocation on this slot's thread.
   *
   * @param receivedAt {@link System#nanoTime} of its arrival
   * @param answer takes the result, always, on this slot's thread
   */
  void accept(ActionInvocation invocation, long receivedAt, Consumer<ActionResult> answer) {
    context.runOnContext(_ -> answer.accept(runSafely(invocation, receivedAt)));
  }

  private ActionResult runSafely(ActionInvocation invocation, long receivedAt) {
    try {
      return run(invocation, receivedAt);
    } catch (RuntimeException e) {
      log.error("{} failed in the node", invocation, e);
      return ActionResult.notStarted(ActionEnding.CRASHED, "The Actions runtime failed");
    }
  }

  private ActionResult run(ActionInvocation invocation, long receivedAt) {
    long startedAt = System.nanoTime();
    long queued = startedAt - receivedAt;
    Duration budget = Duration.ofMillis(invocation.timeoutMs()).minusNanos(queued);
    if (!budget.isPositive()) {
      return ActionResult.notStarted(ActionEnding.OVERLOADED, "No slot became free in time");
    }
    try (RunServices run = services.apply(invocation, budget)) {
      RunReport report = processes.run(GuestCall.of(invocation, budget), run);
      long ran = System.nanoTime() - startedAt;
      return run.result(
          report, new ActionResult.Timings(queued / 1000, ran / 1000, report.cpuMicros()));
    }
  }
}
