package dev.cambio.runtime.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionError;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.bus.Json;
import dev.cambio.runtime.frame.RunLimits;
import dev.cambio.runtime.process.GuestServices;
import dev.cambio.runtime.process.RunReport;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one run and makes its result. Confined to the thread that runs it. */
public final class RunServices implements GuestServices, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunServices.class);

  /** The guest is to see first that the time of the run is up. */
  private static final int OVERTIME_MS = 100;

  private final ActionInvocation invocation;
  private final BooleanSupplier leave;
  private final ActionCache cache;
  private final CodeLoader codes;
  private final long deadline;
  private final int maxCommands;
  private final ConsoleMask mask;
  private final RunLimits limits;
  private final RunEgress egress;
  private RunConsole console;
  private RunCommands commands;
  private int cacheWrites;
  private boolean leaveAsked;
  private boolean leaveDenied;

  /**
   * Services of a run.
   *
   * @param leave says whether it may have effects; is asked at most once, and may block
   */
  public RunServices(
      ActionInvocation invocation,
      Duration budget,
      BooleanSupplier leave,
      ActionCache cache,
      ActionFetch fetch,
      CodeLoader codes,
      RunLimits limits) {
    this.invocation = invocation;
    this.leave = leave;
    ActionTrial trial = invocation.trial();
    this.cache = trial == null ? cache : cache.of(trial);
    this.codes = codes;
    this.deadline = System.nanoTime() + budget.toNanos();
    this.mask = ConsoleMask.of(invocation);
    this.maxCommands = limits.commands();
    this.limits = limits;
    this.console = new RunConsole(mask, limits.consoleBytes());
    this.commands = new RunCommands(invocation.trigger(), maxCommands);
    this.egress = new RunEgress(fetch, invocation.tenantId(), trial, mask);
  }

  /** The result, from what was collected and how the run ended. */
  public ActionResult result(RunReport report, ActionResult.Timings timings) {
    if (!report.ending().started()) {
      return ActionResult.notStarted(report.ending(), mask.mask(report.message()));
    }
    if (leaveDenied) {
      return ActionResult.of(ActionEnding.LOST, "The gateway does not wait for the run any more");
    }
    String complaint = commands.complaint().orElse(null);
    ActionEnding ending =
        complaint != null && report.ending() == ActionEnding.RETURNED
            ? ActionEnding.THREW
            : report.ending();
    ActionError error = null;
    if (complaint != null && ending == ActionEnding.THREW) {
      error = ActionError.of("Error", mask.mask(complaint));
    } else if (ending != ActionEnding.RETURNED) {
      error = error(report);
    }
    ActionResult result =
        new ActionResult(
            ending, commands.list(), error, console.lines(), timings, usage(report), null);
    TrialLog noted = egress.log();
    return noted == null ? result : result.with(noted.trace(report.loadMicros()));
  }

  private ActionResult.Usage usage(RunReport report) {
    return new ActionResult.Usage(
        report.allocatedBytes(),
        console.printed(),
        commands.size() + cacheWrites,
        report.hostCalls());
  }

  /** Drops the requests that the run has left open. */
  @Override
  public void close() {
    egress.close();
  }

  @Override
  public void restart() {
    close();
    console = new RunConsole(mask, limits.consoleBytes());
    commands = new RunCommands(invocation.trigger(), maxCommands);
    cacheWrites = 0;
  }

  @Override
  public @Nullable String source() {
    String hash = invocation.version().contentHash();
    try {
      return codes
          .load(invocation.tenantId(), hash)
          .get(left().toMillis() + OVERTIME_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.warn("no code for {}: {}", invocation, e.toString());
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  @Override
  public void print(String level, String text, long at) {
    console.print(level, text, at);
  }

  @Override
  public void command(String json) {
    commands.add(json);
  }

  @Override
  public @Nullable String cache(
      String operation, String key, @Nullable String value, @Nullable String optionsJson) {
    if (operation.equals("get")) {
      return cache.get(invocation.tenantId(), invocation.trigger(), key);
    }
    if (++cacheWrites + commands.size() > maxCommands) {
      return ActionCache.error("MaxSideEffectsExceeded");
    }
    if (!mayHaveEffects()) {
      return ActionCache.error(
          operation.equals("set") ? "FailedToSetCacheRecord" : "FailedToDeleteCacheRecord");
    }
    return operation.equals("set")
        ? cache.set(invocation.tenantId(), invocation.trigger(), key, value, optionsJson)
        : cache.delete(invocation.tenantId(), invocation.trigger(), key);
  }

  @Override
  public void fetch(int call, String headJson, byte @Nullable [] body, Completion completion) {
    if (mayHaveEffects()) {
      egress.start(call, headJson, body, left(), completion);
    } else {
      FetchOutcome.Failed.of(FetchFailure.noLeave()).tell(completion);
    }
  }

  /** A run that may have none goes on as if nothing could be reached; its result is dropped. */
  private boolean mayHaveEffects() {
    if (!leaveAsked) {
      leaveAsked = true;
      leaveDenied = !leave.getAsBoolean();
    }
    return !leaveDenied;
  }

  @Override
  public void fetched(int call) {
    egress.fetched(call);
  }

  @Override
  public void cancel(int call) {
    egress.cancel(call);
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private ActionError error(RunReport report) {
    JsonNode json = null;
    if (report.errorJson() != null) {
      try {
        json = Json.parse(report.errorJson());
      } catch (JsonProcessingException e) {
        log.debug("{} described its error in bad JSON", invocation);
      }
    }
    if (json == null) {
      return new ActionError(
          mask.mask(report.name()),
          mask.mask(report.message()),
          null,
          mask.maskOptional(report.stack()));
    }
    return new ActionError(
        mask.mask(json.path("name").asText("Error")),
        mask.mask(json.path("message").asText("")),
        mask.maskOptional(json.path("code").asText(null)),
        mask.maskOptional(json.path("stack").asText(null)));
  }
}
