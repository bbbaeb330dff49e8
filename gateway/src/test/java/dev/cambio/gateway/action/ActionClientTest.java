package dev.cambio.gateway.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cambio.gateway.AdjustableClock;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ActionVersion;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionsStatus;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.bus.EffectsLeave;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The nodes are this test, at the addresses of nodes; time goes by as it says. */
@DisplayName("additions C13: what becomes of a run whose node is lost, or does not begin it")
class ActionClientTest {
  private static final ActionResult DONE = result(ActionEnding.RETURNED);

  private static final Vertx VERTX = Vertx.vertx();

  private final AtomicLong now = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ActionNodes nodes = new ActionNodes(member -> true, registry, now::get);
  private final ActionClient client =
      new ActionClient(
          VERTX.eventBus(),
          nodes,
          new ActionBreaker(
              new BreakerSettings(3, Duration.ofMinutes(1), Duration.ofSeconds(10)),
              registry,
              new AdjustableClock(Instant.EPOCH)),
          registry);
  private final ActionHome home = new ActionHome();
  private final Map<String, LinkedBlockingQueue<Message<ActionInvocation>>> got = new HashMap<>();

  @BeforeAll
  static void start() {
    ActionBus.register(VERTX.eventBus(), new BusSeal(new byte[32], new SecureRandom()));
  }

  @AfterAll
  static void stop() {
    VERTX.close().await();
  }

  @AfterEach
  void forget() {
    got.keySet().forEach(node -> nodes.left("m-" + node));
  }

  /** A call that nobody makes. */
  static ActionCall call(ActionNode node) {
    return new ActionCall(node, invocation(), Duration.ofSeconds(20), 0);
  }

  private static ActionInvocation invocation() {
    return new ActionInvocation(
        "exe",
        "acme",
        Trigger.POST_LOGIN,
        new ActionVersion("act", "partner", "v1", "hash"),
        "{}",
        Map.of(),
        List.of(),
        20_000);
  }

  private static ActionResult result(ActionEnding ending) {
    return ActionResult.of(ending, "x");
  }

  private void node(String name) {
    heard(name, false);
    LinkedBlockingQueue<Message<ActionInvocation>> queue = new LinkedBlockingQueue<>();
    got.put(name, queue);
    VERTX
        .eventBus()
        .<ActionInvocation>consumer(ActionBus.invokeAt(unique(name)), queue::add)
        .completion()
        .await();
  }

  /** Tests share the bus. */
  private String unique(String name) {
    return name + System.identityHashCode(this);
  }

  private void heard(String name, boolean draining) {
    nodes.heard(
        new ActionsStatus(unique(name), "m-" + name, draining, 8, name.equals("a") ? 8 : 7, 0, 0),
        false);
  }

  private void silent(Duration time, String... heard) {
    Duration beat = ActionBus.STATUS_INTERVAL;
    for (long millis = 0; millis < time.toMillis(); millis += beat.toMillis()) {
      now.addAndGet(beat.toNanos());
      for (String name : heard) {
        heard(name, false);
      }
      nodes.tick();
    }
  }

  private CompletableFuture<ActionResult> run() {
    return CompletableFuture.supplyAsync(
        () -> client.run(invocation(), home), Executors.newVirtualThreadPerTaskExecutor());
  }

  private LinkedBlockingQueue<Message<ActionInvocation>> queue(String node) {
    return Objects.requireNonNull(got.get(node));
  }

  private Message<ActionInvocation> at(String node) throws InterruptedException {
    Message<ActionInvocation> message = queue(node).poll(30, TimeUnit.SECONDS);
    assertThat(message).as("asked node " + node).isNotNull();
    return message;
  }

  private static Message<EffectsLeave> leave(Message<ActionInvocation> message)
      throws TimeoutException {
    return message
        .<EffectsLeave>replyAndRequest(new EffectsLeave.Request("exe"))
        .await(30, TimeUnit.SECONDS);
  }

  private static ActionEnding ending(CompletableFuture<ActionResult> run) throws Exception {
    return run.get(30, TimeUnit.SECONDS).ending();
  }

  private double repeated() {
    return registry.get("cambio.action.repeated").counter().count();
  }

  @Test
  void aRunIsAnsweredAndItsRequestStaysAtTheNode() throws Exception {
    node("a");
    node("b");
    for (int i = 0; i < 3; i++) {
      CompletableFuture<ActionResult> run = run();
      at("a").reply(DONE);
      assertThat(ending(run)).isEqualTo(ActionEnding.RETURNED);
    }
    assertThat(repeated()).isZero();
  }

  @Test
  void aRunThatHasHadNoEffectsIsRepeatedWhenItsNodeIsSilent() throws Exception {
    node("a");
    node("b");
    CompletableFuture<ActionResult> run = run();
    Message<ActionInvocation> frozen = at("a");
    silent(ActionNodes.SUSPECTED, "b");
    at("b").reply(DONE);
    assertThat(ending(run)).isEqualTo(ActionEnding.RETURNED);
    assertThat(repeated()).isEqualTo(1);
    assertThat(home.node()).hasToString(unique("b"));
    // It goes on, and is heard again: its run may not have effects any more.
    heard("a", false);
    assertThat(leave(frozen).body().granted()).isFalse();
    assertThat(nodes.well()).isEqualTo(2);
  }

  @Test
  void aRunThatHasLeaveForEffectsIsNotRepeatedAndIsLostAfterTwoSeconds() throws Exception {
    node("a");
    node("b");
    CompletableFuture<ActionResult> run = run();
    assertThat(leave(at("a")).body().granted()).isTrue();
    silent(ActionNodes.SUSPECTED, "b");
    assertThat(run).isNotDone();
    silent(ActionNodes.LOST.minus(ActionNodes.SUSPECTED), "b");
    assertThat(ending(run)).isEqualTo(ActionEnding.LOST);
    assertThat(got.get("b")).isEmpty();
    assertThat(registry.get("cambio.action.lost").counter().count()).isEqualTo(1);
  }

  @Test
  void aRunWithLeaveIsAnsweredLikeAnyOther() throws Exception {
    node("a");
    CompletableFuture<ActionResult> run = run();
    Message<EffectsLeave> granted = leave(at("a"));
    granted.reply(DONE);
    assertThat(ending(run)).isEqualTo(ActionEnding.RETURNED);
  }

  @Test
  void aNodeThatHasLeftIsNotWaitedFor() throws Exception {
    node("a");
    node("b");
    CompletableFuture<ActionResult> repeatable = run();
    at("a");
    nodes.left("m-a");
    at("b").reply(DONE);
    assertThat(ending(repeatable)).isEqualTo(ActionEnding.RETURNED);

    CompletableFuture<ActionResult> withEffects = run();
    leave(at("b"));
    nodes.left("m-b");
    assertThat(ending(withEffects)).isEqualTo(ActionEnding.LOST);
    assertThat(client.run(invocation()).ending()).isEqualTo(ActionEnding.UNAVAILABLE);
  }

  @Test
  @DisplayName("the only node is waited for although it is silent, until the time is up")
  void theOnlyNode() throws Exception {
    node("a");
    CompletableFuture<ActionResult> run = run();
    Message<ActionInvocation> busy = at("a");
    silent(Duration.ofSeconds(20));
    assertThat(run).isNotDone();
    busy.reply(DONE);
    assertThat(ending(run)).isEqualTo(ActionEnding.RETURNED);

    CompletableFuture<ActionResult> late = run();
    at("a");
    silent(Duration.ofSeconds(22));
    assertThat(ending(late)).isEqualTo(ActionEnding.LOST);
  }

  @Test
  void whatHasNotBegunIsGivenToAnotherNode() throws Exception {
    node("a");
    node("b");
    for (ActionEnding ending :
        List.of(ActionEnding.OVERLOADED, ActionEnding.UNAVAILABLE, ActionEnding.CODE_UNAVAILABLE)) {
      home.moveTo(nodes.choose("v1", null, Set.of()).orElseThrow());
      String first = String.valueOf(home.node()).startsWith("a") ? "a" : "b";
      CompletableFuture<ActionResult> run = run();
      at(first).reply(result(ending));
      at(first.equals("a") ? "b" : "a").reply(DONE);
      assertThat(ending(run)).isEqualTo(ActionEnding.RETURNED);
    }
    assertThat(repeated()).isEqualTo(3);
  }

  @Test
  void whatTwoNodesHaveTooMuchOfIsNotGivenToAThird() throws Exception {
    node("a");
    node("b");
    node("c");
    CompletableFuture<ActionResult> run = run();
    at("a").reply(result(ActionEnding.OVERLOADED));
    await().until(() -> !queue("b").isEmpty() || !queue("c").isEmpty());
    at(queue("b").isEmpty() ? "c" : "b").reply(result(ActionEnding.OVERLOADED));
    assertThat(ending(run)).isEqualTo(ActionEnding.OVERLOADED);
  }

  @Test
  void whatTheActionDidIsNotRepeated() throws Exception {
    node("a");
    node("b");
    for (ActionEnding ending : ActionEnding.values()) {
      if (ending.platformFault() && ending != ActionEnding.STARVED) {
        continue;
      }
      CompletableFuture<ActionResult> run = run();
      at("a").reply(result(ending));
      assertThat(ending(run)).isEqualTo(ending);
    }
    assertThat(repeated()).isZero();
  }

  @Test
  void aNodeThatDrainsEndsWhatItHas() throws Exception {
    node("a");
    node("b");
    CompletableFuture<ActionResult> run = run();
    Message<ActionInvocation> begun = at("a");
    heard("a", true);
    CompletableFuture<ActionResult> next = run();
    at("b").reply(DONE);
    assertThat(ending(next)).isEqualTo(ActionEnding.RETURNED);
    begun.reply(DONE);
    assertThat(ending(run)).isEqualTo(ActionEnding.RETURNED);
    assertThat(repeated()).isZero();
  }

  @Test
  void aRunInTheSameProcessNeedsNoLeave() throws Exception {
    node("own");
    nodes.left("m-own");
    nodes.heard(new ActionsStatus(unique("own"), "m-own", false, 8, 8, 0, 0), true);
    CompletableFuture<ActionResult> run = run();
    Message<ActionInvocation> asked = at("own");
    assertThat(asked.headers().contains(ActionBus.ASKS_LEAVE)).isFalse();
    asked.reply(result(ActionEnding.LOST));
    assertThat(ending(run)).isEqualTo(ActionEnding.LOST);
    assertThat(repeated()).isZero();
  }
}
