package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One slot and a queue of one. */
class OverloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start(Map.of("actions.slots-per-process", "1", "actions.queue", "1"));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static ActionInvocation taking(int millis) {
    return node.exchange(
        "exports.onExecuteCustomTokenExchange ="
            + " () => new Promise(r => setTimeout(r, %d));".formatted(millis));
  }

  @Test
  void theQueueIsBoundedAndARunWaitsInItForItsBudgetOnly() {
    Future<ActionResult> running = node.send(taking(2000));
    Waiting.until(PATIENCE, () -> node.node().health().busy() == 1);
    Future<ActionResult> impatient = node.send(TestNode.withTimeout(taking(1), 200));
    Waiting.until(PATIENCE, () -> node.node().health().waiting() == 1);

    ActionResult refused = node.run(taking(1));
    assertThat(refused.ending()).isEqualTo(ActionEnding.OVERLOADED);
    assertThat(impatient.await().ending()).isEqualTo(ActionEnding.OVERLOADED);
    assertThat(running.isComplete()).isFalse();

    Future<ActionResult> patient = node.send(taking(1));
    assertThat(running.await().ending()).isEqualTo(ActionEnding.RETURNED);
    assertThat(patient.await().ending()).isEqualTo(ActionEnding.RETURNED);
    assertThat(patient.await().timings().queued()).isPositive();
    Waiting.until(PATIENCE, () -> node.node().health().busy() == 0);
  }
}
