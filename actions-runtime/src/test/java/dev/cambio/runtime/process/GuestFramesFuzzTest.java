package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.config.Settings;
import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;
import dev.cambio.runtime.frame.FrameKind;
import dev.cambio.runtime.frame.FrameReader;
import dev.cambio.runtime.frame.FrameWriter;
import dev.cambio.runtime.frame.RunLimits;
import dev.cambio.runtime.host.ActionCache;
import dev.cambio.runtime.host.ActionFetch;
import dev.cambio.runtime.host.CacheLimits;
import dev.cambio.runtime.host.CodeLoader;
import dev.cambio.runtime.host.EgressSettings;
import dev.cambio.runtime.host.RunServices;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Any bytes from a guest process: frames that are served, or a process that is to blame. */
class GuestFramesFuzzTest {
  private static final int MAX_FRAME = 1 << 20;
  private static final Duration BUDGET = Duration.ofSeconds(5);
  private static final ActionVersion VERSION =
      new ActionVersion("act", "act", "ver", ActionVersion.hashOf(""));

  private static Vertx vertx;
  private static ActionFetch fetch;
  private static CodeLoader codes;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    Context loop = vertx.getOrCreateContext();
    SecureRandom random = new SecureRandom();
    ActionBus.register(vertx.eventBus(), new BusSeal(random.generateSeed(32), random));
    EgressSettings egress = EgressSettings.read(new Settings(Map.of()));
    fetch = new ActionFetch(vertx, loop, egress, new SimpleMeterRegistry());
    codes = new CodeLoader(vertx.eventBus(), loop);
  }

  @AfterAll
  static void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @FuzzTest(maxDuration = "1m")
  void exchange(byte[] bytes) throws Exception {
    serve(bytes, Trigger.CUSTOM_TOKEN_EXCHANGE);
  }

  @FuzzTest(maxDuration = "1m")
  void login(byte[] bytes) throws Exception {
    serve(bytes, Trigger.POST_LOGIN);
  }

  private static void serve(byte[] bytes, Trigger trigger) throws Exception {
    try (RunServices services = services(trigger)) {
      RunReport report = report(bytes, services);
      ActionResult result = services.result(report, new ActionResult.Timings(0, 0, 0));
      assertThat(result.commands()).hasSizeLessThanOrEqualTo(RunLimits.STANDARD.commands());
      assertThat(result.error() == null).isEqualTo(result.ending() == ActionEnding.RETURNED);
    } catch (FrameException | EOFException e) {
      assertThat(e.getMessage())
          .satisfiesAnyOf(m -> assertThat(m).isNull(), m -> assertThat(m).hasSizeLessThan(500));
    }
  }

  private static RunReport report(byte[] bytes, GuestServices services)
      throws IOException, InterruptedException {
    GuestRun run =
        new GuestRun(
            0, 1, new FrameWriter(OutputStream.nullOutputStream()), services, new SameLane());
    FrameReader in = new FrameReader(new ByteArrayInputStream(bytes), MAX_FRAME);
    for (Frame frame = in.next(); frame != null; frame = in.next()) {
      if (frame.kind() == FrameKind.READY) {
        GuestProcess.readReady(frame);
      } else if (!run.offer(frame)) {
        throw new FrameException("it floods the node");
      }
    }
    run.tell(new RunMailbox.Mail.Gone());
    GuestCall call =
        new GuestCall("t", "ver", VERSION.contentHash(), "trigger", BUDGET, "{}", "{}", null);
    return switch (run.run(call, _ -> new Attempt.Undone(GuestEnd.CRASHED))) {
      case Attempt.Ended(RunReport report) -> report;
      case Attempt.Undone _, Attempt.NotBegun _, Attempt.Blamed _ -> RunReport.overdue();
    };
  }

  // A trial without a network: what the frames ask to fetch is looked at, and goes nowhere.
  private static RunServices services(Trigger trigger) {
    ActionTrial trial = new ActionTrial(null, null, ActionTrial.Fetching.NONE, true, List.of());
    ActionInvocation invocation =
        new ActionInvocation(
            "exe",
            "t",
            trigger,
            VERSION,
            "{}",
            Map.of("KEY", "secret-value"),
            List.of(),
            5000,
            trial);
    return new RunServices(
        invocation,
        BUDGET,
        () -> true,
        ActionCache.own(CacheLimits.STANDARD, Clock.systemUTC()),
        fetch,
        codes,
        RunLimits.STANDARD);
  }
}
