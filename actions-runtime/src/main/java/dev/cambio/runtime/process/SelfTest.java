package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.frame.RunLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fires each limit once against the real engine: in a guest process of its own, started as the
 * others are but with tighter limits, so that it does not take long. A limit that does not hold is
 * one that operators rely on in vain.
 */
public final class SelfTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String EVENT = "{}";
  private static final int START_SECONDS = 60;

  private final GuestLimits limits;
  private final Start start;
  private GuestProcess guest;
  private final List<String> held = new ArrayList<>();

  /**
   * What came of it.
   *
   * @param held limits and protections that were seen to hold
   * @param tookMs how long it took, the start of its process included
   */
  public record Report(List<String> held, long tookMs) {}

  /** How the processes of the node are started. */
  record Launch(
      GuestLaunch launch,
      Isolation isolation,
      boolean compiled,
      ScheduledExecutorService supervisor) {}

  private SelfTest(GuestLimits limits, Start start) throws IOException {
    this.limits = limits;
    this.start = start;
    this.guest = start.start();
  }

  @FunctionalInterface
  private interface Start {
    GuestProcess start() throws IOException;
  }

  /**
   * Runs it. Blocks for a second or two.
   *
   * @throws IOException naming the limit that does not hold, and its setting
   */
  static Report run(Launch as) throws IOException, InterruptedException {
    long startedAt = System.nanoTime();
    GuestLimits tight = tight(as.launch().limits());
    GuestLaunch tightly = as.launch().with(tight);
    SelfTest test =
        new SelfTest(
            tight,
            () ->
                GuestProcess.start(
                    tightly, as.isolation(), as.compiled(), as.supervisor(), PATIENCE));
    try {
      test.protections(as.isolation().protection());
      test.limits();
    } finally {
      test.guest.end(GuestEnd.STOPPED);
    }
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt);
    return new Report(List.copyOf(test.held), tookMs);
  }

  private static GuestLimits tight(GuestLimits real) {
    return new GuestLimits(
        1,
        real.contextsPerLane(),
        real.runsPerContext(),
        real.contextAgeMs(),
        real.heapWatermark(),
        400,
        real.stringLength(),
        real.arrayBytes(),
        new RunLimits(200, 100, 128L << 20, 32L << 20, 10_000, 1_000, 10, 10, 500));
  }

  // A process that was killed for a run, for it had to be or the machine is slow, is replaced.
  private GuestProcess guest() throws IOException, InterruptedException {
    if (!guest.isAlive()) {
      guest = start.start();
    }
    try {
      var _ = guest.ready().get(START_SECONDS, TimeUnit.SECONDS);
      return guest;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("The self-test of Actions got no guest process: " + e.getMessage(), e);
    }
  }

  private void protections(GuestProtection claimed) throws IOException, InterruptedException {
    ProcessFacts facts = new ProcessFacts(guest().pid());
    require(!claimed.networkNamespace() || facts.isWithoutNetwork(), "no network", "unshare");
    require(!claimed.noNewPrivileges() || facts.gainsNoPrivileges(), "no privileges", "setpriv");
    require(!claimed.emptyEnvironment() || facts.hasNoEnvironment(), "no environment", "env");
  }

  private void limits() throws IOException, InterruptedException {
    RunLimits run = limits.run();
    ended("wall-clock time", "actions.timeout-ms", ActionEnding.TIMED_OUT, 80, "while (true) {}");
    ended(
        "waiting",
        "actions.timeout-ms",
        ActionEnding.TIMED_OUT,
        50,
        "await new Promise(done => setTimeout(done, 60000));");
    ended("a loop", "actions.turn-cpu-ms", ActionEnding.TIMED_OUT, "while (true) {}");
    promises();
    ended(
        "CPU time",
        "actions.cpu-ms",
        ActionEnding.TIMED_OUT,
        """
        for (;;) {
          for (const from = Date.now(); Date.now() - from < 10; ) for (let i = 0; i < 999; i++);
          await new Promise(done => setTimeout(done));
        }
        """);
    ended(
        "allocation",
        "actions.allocation-mb",
        ActionEnding.OUT_OF_MEMORY,
        "for (;;) new Uint8Array(65536);");
    ended(
        "memory held",
        "actions.retained-mb",
        ActionEnding.OUT_OF_MEMORY,
        "for (const all = []; ; ) all.push(new Uint8Array(65536));");
    ended(
        "host calls",
        "actions.host-calls",
        ActionEnding.LIMIT_EXCEEDED,
        "for (;;) crypto.randomUUID();");
    threw(
        "length of strings",
        "actions.string-length-limit",
        "string",
        "'x'.repeat(" + (limits.stringLength() + 1L) + ");");
    threw(
        "size of typed arrays",
        "actions.array-bytes-limit",
        "array",
        "new Uint8Array(" + (limits.arrayBytes() + 1L) + ");");
    threw("depth of calls", "the lane's stack", "stack", "(function f() { f() + 1; })();");
    threw("timers", "actions.timers", "timers", "for (;;) setTimeout(() => {}, 60000);");
    threw("commands", "actions.commands", "commands", "for (;;) api.access.deny('a', 'b');");
    require(
        ran(PATIENCE, "x".repeat(run.sourceLength() + 1)).report().ending()
            == ActionEnding.CODE_UNAVAILABLE,
        "length of sources",
        "actions.source-kb");
    console(run.consoleBytes());
    realms();
    // Last, for it costs the process.
    ended(
        "code that cancelling does not stop",
        "actions.kill-grace-ms",
        ActionEnding.TIMED_OUT,
        50,
        "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);");
  }

  // Which of the two limits a flood meets first depends on the engine.
  private void promises() throws IOException, InterruptedException {
    ActionEnding ending = ran(PATIENCE, handler("for (;;) await null;")).report().ending();
    require(
        ending == ActionEnding.TIMED_OUT || ending == ActionEnding.OUT_OF_MEMORY,
        "promises",
        "actions.turn-cpu-ms, actions.allocation-mb");
  }

  private void console(int bytes) throws IOException, InterruptedException {
    long printed =
        ran(PATIENCE, handler("for (let i = 0; i < 100; i++) console.log('x'.repeat(99));"))
            .services()
            .printed();
    require(printed >= bytes && printed < 2L * bytes, "bytes of the console", "actions.console-kb");
  }

  private void realms() throws IOException, InterruptedException {
    String source = handler("console.log({}.stain ?? ''); Object.prototype.stain = 'stained';");
    var _ = ran(PATIENCE, source);
    require(ran(PATIENCE, source).services().printed() == 1, "the check of realms", "the engine");
  }

  private void ended(String limit, String setting, ActionEnding ending, String body)
      throws IOException, InterruptedException {
    ended(limit, setting, ending, PATIENCE.toMillis(), body);
  }

  private void ended(String limit, String setting, ActionEnding ending, long budgetMs, String body)
      throws IOException, InterruptedException {
    String source = handler("if (event.idle) return;" + body);
    // Hands the code over, so that a busy machine does not take the budget for that.
    var _ = ran(PATIENCE, source, "{\"idle\":true}");
    RunReport report = ran(Duration.ofMillis(budgetMs), source, EVENT).report();
    boolean named = !setting.startsWith("actions.") || report.message().contains(setting);
    // Code that hangs is ended for the time it took.
    boolean hung = setting.equals("actions.kill-grace-ms");
    require(report.ending() == ending && (named || hung), limit, setting, told(report));
  }

  private void threw(String limit, String setting, String word, String body)
      throws IOException, InterruptedException {
    RunReport report = ran(PATIENCE, handler(body)).report();
    String error = String.valueOf(report.errorJson());
    require(
        report.ending() == ActionEnding.THREW && error.contains("Error") && error.contains(word),
        limit,
        setting,
        told(report));
  }

  private static String told(RunReport report) {
    String message = report.errorJson() == null ? report.message() : report.errorJson();
    return ": a run that goes beyond it ended as %s %s".formatted(report.ending(), message);
  }

  private void require(boolean holds, String limit, String setting) throws IOException {
    require(holds, limit, setting, "");
  }

  private void require(boolean holds, String limit, String setting, String seen)
      throws IOException {
    if (!holds) {
      throw new IOException(
          "The self-test of Actions failed: the guard \"%s\" (%s) does not hold here%s"
              .formatted(limit, setting, seen));
    }
    held.add(limit);
  }

  private static String handler(String body) {
    return "exports.onExecuteCustomTokenExchange = async (event, api) => {" + body + "\n};";
  }

  private record Ran(RunReport report, ProbeServices services) {}

  private Ran ran(Duration budget, String source) throws IOException, InterruptedException {
    return ran(budget, source, EVENT);
  }

  private Ran ran(Duration budget, String source, String event)
      throws IOException, InterruptedException {
    ProbeServices services = new ProbeServices(source);
    GuestCall call =
        new GuestCall(
            "self-test",
            "self-test",
            Integer.toHexString(source.hashCode()),
            "custom-token-exchange",
            budget,
            event,
            "{}",
            null);
    GuestProcess process = guest();
    Attempt attempt = process.run(0, call, services, new OnlyLane(process));
    if (!(attempt instanceof Attempt.Ended(RunReport report))) {
      throw new IOException("The guest process of the self-test has ended");
    }
    return new Ran(report, services);
  }
}
