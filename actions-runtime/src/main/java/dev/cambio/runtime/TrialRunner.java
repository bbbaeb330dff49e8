package dev.cambio.runtime;

import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionCode;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.runtime.host.ActionCache;
import dev.cambio.runtime.host.ActionFetch;
import dev.cambio.runtime.host.CodeLoader;
import dev.cambio.runtime.host.RunServices;
import dev.cambio.runtime.process.GuestCall;
import dev.cambio.runtime.process.LoneGuest;
import dev.cambio.runtime.process.RunReport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;

/**
 * Runs one Action as a node would, without being one: a guest process that is started and stopped,
 * no cluster, no port. Blocks.
 */
public final class TrialRunner {
  private static final int SECRET_BYTES = 32;

  private final ActionsSettings settings;
  private final Clock clock;

  public TrialRunner(ActionsSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Runs the code.
   *
   * @param source what the invocation's version stands for
   * @throws IOException if no guest process can be started
   */
  public ActionResult run(ActionInvocation invocation, String source) throws IOException {
    Vertx vertx = Vertx.vertx();
    try (LoneGuest guest = LoneGuest.start(settings.launch(), settings.killGrace())) {
      return run(vertx, guest, invocation, source);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private ActionResult run(
      Vertx vertx, LoneGuest guest, ActionInvocation invocation, String source) {
    Context loop = vertx.getOrCreateContext();
    serveCode(vertx, source);
    Duration budget = Duration.ofMillis(invocation.timeoutMs());
    long startedAt = System.nanoTime();
    try (RunServices services =
        new RunServices(
            invocation,
            budget,
            () -> true,
            ActionCache.own(settings.cache(), clock),
            new ActionFetch(vertx, loop, settings.egress(), new SimpleMeterRegistry()),
            new CodeLoader(vertx.eventBus(), loop),
            settings.launch().limits().run())) {
      RunReport report = guest.run(GuestCall.of(invocation, budget), services);
      long ran = (System.nanoTime() - startedAt) / 1000;
      return services.result(report, new ActionResult.Timings(0, ran, report.cpuMicros()));
    }
  }

  private static void serveCode(Vertx vertx, String source) {
    SecureRandom random = new SecureRandom();
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    ActionBus.register(vertx.eventBus(), new BusSeal(secret, random));
    vertx
        .eventBus()
        .<ActionCode.Request>consumer(
            ActionBus.CODE, message -> message.reply(new ActionCode(source)));
  }
}
