package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.runtime.frame.GuestLimits;
import dev.cambio.runtime.frame.RunLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Fires each limit once against the real engine: in a guest process of its own, started as the
 * others are but with tighter limits, so that it does not take long. A limit that does not hold is
 * one that operators rely on in vain.
 */
public final class SelfTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Far more than any of the limits allows, of those that are about it or about amounts. */
  private static final Duration ENOUGH_CPU = Duration.ofSeconds(2);

  /** How often a limit is tried, where a try says nothing of it. */
  private static final int TRIES = 3;

  private static final String EVENT = "{}";
  private static final String OFF = "; actions.self-test: false starts without it";

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

  /** A try says nothing of the limit, for it did not come to that. */
  private static final class Untried extends Exception {
    private static final long serialVersionUID = 1;

    private Untried(String why) {
      super(why);
    }
  }

  /** The limit does not hold. */
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1;

    /** Whether time was up before it could fire, as it may be for code that is new to a process. */
    private final boolean late;

    private Broken(String seen, boolean late) {
      super(seen);
      this.late = late;
    }
  }

  /** Something that is tried. */
  @FunctionalInterface
  private interface Try {
    void run() throws IOException, InterruptedException, Untried, Broken;
  }

  private void tried(String limit, String setting, Try test)
      throws IOException, InterruptedException {
    for (int left = TRIES; ; left--) {
      try {
        test.run();
        held.add(limit);
        return;
      } catch (Broken e) {
        if (e.late && left > 1) {
          continue;
        }
        throw new IOException(
            "The self-test of Actions failed: the guard \"%s\" (%s) does not hold here%s."
                    .formatted(limit, setting, e.getMessage())
                + " Use the JDK and the guest that belong to this version (actions.guest-java,"
                + " actions.guest-home)"
                + OFF);
      } catch (Untried e) {
        if (left == 1) {
          throw new IOException(
              "The self-test of Actions could not try the guard \"%s\" (%s), %d times: %s."
                      .formatted(limit, setting, TRIES, e.getMessage())
                  + " Start again when the machine has processors and memory (actions.heap-mb) to"
                  + " spare"
                  + OFF);
        }
      }
    }
  }

  // A process that was killed for a run, for it had to be or the machine is slow, is replaced.
  private GuestProcess guest() throws IOException, InterruptedException, Untried {
    if (!guest.isAlive()) {
      guest = start.start();
    }
    try {
      StartProgress.await(guest);
      return guest;
    } catch (IOException e) {
      guest.end(GuestEnd.FAILED_TO_START);
      throw new Untried("a guest process for it cannot be had, since " + e.getMessage());
    }
  }

  private void protections(GuestProtection claimed) throws IOException, InterruptedException {
    tried(
        "no network",
        "unshare",
        () -> require(!claimed.networkNamespace() || facts().isWithoutNetwork()));
    tried(
        "no privileges",
        "setpriv",
        () -> require(!claimed.noNewPrivileges() || facts().gainsNoPrivileges()));
    tried(
        "no environment",
        "env",
        () -> require(!claimed.emptyEnvironment() || facts().hasNoEnvironment()));
  }

  private ProcessFacts facts() throws IOException, InterruptedException, Untried {
    return new ProcessFacts(guest().pid());
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
    tried(
        "length of sources",
        "actions.source-kb",
        () ->
            require(
                ran(PATIENCE, "x".repeat(run.sourceLength() + 1)).report().ending()
                    == ActionEnding.LIMIT_EXCEEDED));
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
    tried(
        "promises",
        "actions.turn-cpu-ms, actions.allocation-mb",
        () -> {
          RunReport report = ran(PATIENCE, handler("for (;;) await null;")).report();
          require(
              report.ending() == ActionEnding.TIMED_OUT
                  || report.ending() == ActionEnding.OUT_OF_MEMORY,
              report);
        });
  }

  private void console(int bytes) throws IOException, InterruptedException {
    String source = handler("for (let i = 0; i < 100; i++) console.log('x'.repeat(99));");
    tried(
        "bytes of the console",
        "actions.console-kb",
        () -> {
          long printed = ran(PATIENCE, source).services().printed();
          require(
              printed >= bytes && printed < 2L * bytes,
              ": of %d bytes it kept %d".formatted(bytes, printed));
        });
  }

  private void realms() throws IOException, InterruptedException {
    String source = handler("console.log({}.stain ?? ''); Object.prototype.stain = 'stained';");
    tried(
        "the check of realms",
        "the engine",
        () -> {
          var _ = ran(PATIENCE, source);
          require(ran(PATIENCE, source).services().printed() == 1);
        });
  }

  private void ended(String limit, String setting, ActionEnding ending, String body)
      throws IOException, InterruptedException {
    ended(limit, setting, ending, PATIENCE.toMillis(), body);
  }

  private void ended(String limit, String setting, ActionEnding ending, long budgetMs, String body)
      throws IOException, InterruptedException {
    String source = handler("if (event.idle) return;" + body);
    boolean named = setting.startsWith("actions.");
    // Code that hangs is ended for the time it took.
    boolean hung = setting.equals("actions.kill-grace-ms");
    tried(
        limit,
        setting,
        () -> {
          // Hands the code over, so that a busy machine does not take the budget for that.
          var _ = ran(PATIENCE, source, "{\"idle\":true}");
          RunReport report = ran(Duration.ofMillis(budgetMs), source, EVENT).report();
          require(
              report.ending() == ending && (!named || hung || report.message().contains(setting)),
              report);
        });
  }

  private void threw(String limit, String setting, String word, String body)
      throws IOException, InterruptedException {
    tried(
        limit,
        setting,
        () -> {
          RunReport report = ran(PATIENCE, handler(body)).report();
          String error = String.valueOf(report.errorJson());
          require(
              report.ending() == ActionEnding.THREW
                  && error.contains("Error")
                  && error.contains(word),
              report);
        });
  }

  private static String told(RunReport report) {
    String message = report.errorJson() == null ? report.message() : report.errorJson();
    return ": a run that goes beyond it ended as %s %s".formatted(report.ending(), message);
  }

  private static void require(boolean holds, RunReport report) throws Broken {
    if (!holds) {
      throw new Broken(told(report), report.ending() == ActionEnding.TIMED_OUT);
    }
  }

  private static void require(boolean holds) throws Broken {
    require(holds, "");
  }

  private static void require(boolean holds, String seen) throws Broken {
    if (!holds) {
      throw new Broken(seen, false);
    }
  }

  private static String handler(String body) {
    return "exports.onExecuteCustomTokenExchange = async (event, api) => {" + body + "\n};";
  }

  private record Ran(RunReport report, ProbeServices services) {}

  private Ran ran(Duration budget, String source)
      throws IOException, InterruptedException, Untried {
    return ran(budget, source, EVENT);
  }

  private Ran ran(Duration budget, String source, String event)
      throws IOException, InterruptedException, Untried {
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
      throw new Untried(
          "its guest process ended under it: " + process.gone().getNow(GuestEnd.CRASHED).label());
    }
    // The clock has ended it and not the limit: was it given the processor at all?
    if (budget.equals(PATIENCE)
        && report.ending() == ActionEnding.TIMED_OUT
        && report.message().contains("actions.timeout-ms")
        && report.cpuMicros() < TimeUnit.MILLISECONDS.toMicros(ENOUGH_CPU.toMillis())) {
      throw new Untried(
          "in %d s the machine gave it %d ms of processor time"
              .formatted(budget.toSeconds(), report.cpuMicros() / 1000));
    }
    return new Ran(report, services);
  }
}
