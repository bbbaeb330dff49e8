package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** More invocations than slots. */
class OverloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String SET_USER =
      "exports.onExecuteCustomTokenExchange ="
          + " (event, api) => api.authentication.setUserById('u');";

  private static ActionInvocation taking(TestNode node, int millis) {
    return node.exchange(
        "exports.onExecuteCustomTokenExchange ="
            + " () => new Promise(r => setTimeout(r, %d));".formatted(millis));
  }

  private static boolean busy(TestNode node, int slots, int waiting) {
    ActionsNode.Health health = node.node().health();
    return health.busy() == slots && health.waiting() == waiting;
  }

  @Test
  void theQueueIsBoundedAndARunWaitsInItForItsBudgetOnly() throws Exception {
    try (TestNode node =
        TestNode.start(Map.of("actions.slots-per-process", "1", "actions.queue", "1"))) {
      Future<ActionResult> running = node.send(taking(node, 2000));
      Waiting.until(PATIENCE, () -> busy(node, 1, 0));
      Future<ActionResult> impatient = node.send(TestNode.withTimeout(taking(node, 1), 200));
      Waiting.until(PATIENCE, () -> busy(node, 1, 1));

      ActionResult refused = node.run(taking(node, 1));
      assertThat(refused.ending()).isEqualTo(ActionEnding.OVERLOADED);
      assertThat(impatient.await().ending()).isEqualTo(ActionEnding.OVERLOADED);
      assertThat(running.isComplete()).isFalse();

      Future<ActionResult> patient = node.send(taking(node, 1));
      assertThat(running.await().ending()).isEqualTo(ActionEnding.RETURNED);
      assertThat(patient.await().ending()).isEqualTo(ActionEnding.RETURNED);
      assertThat(patient.await().timings().queued()).isPositive();
      Waiting.until(PATIENCE, () -> busy(node, 0, 0));
      assertThat(node.meters().get("cambio.action.runs").tag("ending", "overloaded").counters())
          .extracting(Counter::count)
          .containsExactly(2.0);
    }
  }

  @Test
  void aSlowActionLeavesASlotToTheOthersAndTheyTakeTurns() throws Exception {
    try (TestNode node =
        TestNode.start(
            Map.of(
                "actions.processes", "2",
                "actions.slots-per-process", "1",
                "actions.queue", "4"))) {
      ActionInvocation slow = TestNode.withTimeout(taking(node, 1000), 20_000);
      ActionInvocation quick = node.exchange(SET_USER);
      // The first runs in a process take their time.
      for (int i = 0; i < 6; i++) {
        assertThat(node.run(quick).ending()).isEqualTo(ActionEnding.RETURNED);
      }
      Queue<String> ended = new ConcurrentLinkedQueue<>();

      List<Future<ActionResult>> slowOnes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        slowOnes.add(node.send(slow).onComplete(_ -> ended.add("slow")));
      }
      Waiting.until(PATIENCE, () -> busy(node, 1, 2));
      for (int i = 0; i < 5; i++) {
        assertThat(node.run(quick).ending()).isEqualTo(ActionEnding.RETURNED);
      }

      assertThat(ended).isEmpty();
      // Two wait; two more of the same fill the queue, and one of them gives way to another Action.
      slowOnes.add(node.send(slow));
      Future<ActionResult> last = node.send(slow);
      ActionInvocation other = TestNode.withTimeout(taking(node, 701), 20_000);
      Future<ActionResult> first = node.send(other);
      Waiting.until(PATIENCE, () -> busy(node, 2, 4));
      Future<ActionResult> second = node.send(other);
      assertThat(last.await().ending()).isEqualTo(ActionEnding.OVERLOADED);
      assertThat(first.await().ending()).isEqualTo(ActionEnding.RETURNED);
      assertThat(second.await().ending()).isEqualTo(ActionEnding.RETURNED);
      for (Future<ActionResult> result : slowOnes) {
        assertThat(result.await().ending()).isEqualTo(ActionEnding.RETURNED);
      }
    }
  }
}
