package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionsStatus;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More invocations than slots, or no process that has any. */
class OverloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String SET_USER =
      "exports.onExecuteCustomTokenExchange ="
          + " (event, api) => api.authentication.setUserById('u');";

  /** An Action that waits at the gate; another name makes it another Action. */
  private static ActionInvocation waiting(TestNode node, Gate gate, String name) {
    return TestNode.withTimeout(
        node.exchange(
            "exports.onExecuteCustomTokenExchange = () => fetch('http://%s/%s');"
                .formatted(gate.address(), name)),
        20_000);
  }

  private static boolean busy(TestNode node, int slots, int waiting) {
    ActionsNode.Health health = node.node().health();
    return health.busy() == slots && health.waiting() == waiting;
  }

  @Test
  @DisplayName("additions C13: a node without guest processes says so, and keeps nobody waiting")
  void withoutProcesses(@TempDir Path directory) throws Exception {
    Path java = directory.resolve("java");
    String real = ProcessHandle.current().info().command().orElseThrow();
    script(java, "exec " + real + " \"$@\"");
    try (TestNode node = TestNode.start(Map.of("actions.guest-java", java.toString()))) {
      script(java, "exit 1");
      for (long pid : node.node().processIds()) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      ActionInvocation invocation = node.exchange(SET_USER);
      assertThat(node.runAt(invocation).ending()).isEqualTo(ActionEnding.UNAVAILABLE);
      LinkedBlockingQueue<ActionsStatus> said = new LinkedBlockingQueue<>();
      node.vertx()
          .eventBus()
          .<ActionsStatus>consumer(ActionBus.STATUS, message -> said.add(message.body()));
      assertThat(Objects.requireNonNull(said.poll(30, TimeUnit.SECONDS)).free()).isZero();
      assertThat(node.runAt(invocation).ending()).isEqualTo(ActionEnding.UNAVAILABLE);
    }
  }

  private static void script(Path file, String line) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void theQueueIsBoundedAndARunWaitsInItForItsBudgetOnly() throws Exception {
    try (Gate gate = new Gate();
        Gate last = new Gate();
        TestNode node =
            TestNode.start(
                Map.of(
                    "actions.slots-per-process", "1",
                    "actions.parked-per-process", "0",
                    "actions.queue", "1",
                    "actions.egress-allow", gate.address() + ", " + last.address()))) {
      Future<ActionResult> running = node.send(waiting(node, gate, "first"));
      Waiting.until(PATIENCE, () -> busy(node, 1, 0));
      ActionInvocation quick = node.exchange(SET_USER);
      Future<ActionResult> impatient = node.send(TestNode.withTimeout(quick, 1000));
      Waiting.until(PATIENCE, () -> busy(node, 1, 1));

      assertThat(node.run(quick).ending()).isEqualTo(ActionEnding.OVERLOADED);
      assertThat(impatient.await().ending()).isEqualTo(ActionEnding.OVERLOADED);
      assertThat(running.isComplete()).isFalse();

      Future<ActionResult> patient = node.send(quick);
      Waiting.until(PATIENCE, () -> busy(node, 1, 1));
      gate.release();
      assertThat(running.await().ending()).isEqualTo(ActionEnding.RETURNED);
      assertThat(patient.await().ending()).isEqualTo(ActionEnding.RETURNED);
      assertThat(patient.await().timings().queued()).isPositive();
      Waiting.until(PATIENCE, () -> busy(node, 0, 0));
      assertThat(node.meters().get("cambio.action.runs").tag("ending", "overloaded").counters())
          .extracting(Counter::count)
          .containsExactly(2.0);
      drainsWhatIsUnderWay(node, last, quick);
    }
  }

  /** Whoever waits or comes asks elsewhere; whoever has begun goes on. */
  private static void drainsWhatIsUnderWay(TestNode node, Gate gate, ActionInvocation quick)
      throws Exception {
    Future<ActionResult> running = node.send(waiting(node, gate, "last"));
    Waiting.until(PATIENCE, () -> busy(node, 1, 0));
    Future<ActionResult> waiting = node.sendAt(quick);
    Waiting.until(PATIENCE, () -> busy(node, 1, 1));

    Future<Void> drained = node.node().drain(PATIENCE);

    assertThat(waiting.await().ending()).isEqualTo(ActionEnding.UNAVAILABLE);
    assertThat(node.runAt(quick).ending()).isEqualTo(ActionEnding.UNAVAILABLE);
    assertThat(running.isComplete()).isFalse();
    assertThat(drained.isComplete()).isFalse();
    gate.release();
    assertThat(running.await().ending()).isEqualTo(ActionEnding.RETURNED);
    drained.await();
  }

  @Test
  void aSlowActionLeavesASlotToTheOthersAndTheyTakeTurns() throws Exception {
    try (Gate gate = new Gate();
        TestNode node =
            TestNode.start(
                Map.of(
                    "actions.processes", "2",
                    "actions.slots-per-process", "1",
                    "actions.slots-per-tenant", "2",
                    "actions.parked-per-process", "0",
                    "actions.queue", "4",
                    "actions.egress-allow", gate.address()))) {
      ActionInvocation slow = waiting(node, gate, "slow");
      ActionInvocation quick = node.exchange(SET_USER);
      List<Future<ActionResult>> waiting = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        waiting.add(node.send(slow));
      }
      Waiting.until(PATIENCE, () -> busy(node, 1, 2));

      for (int i = 0; i < 5; i++) {
        assertThat(node.run(quick).ending()).isEqualTo(ActionEnding.RETURNED);
      }
      assertThat(waiting).noneMatch(Future::isComplete);

      // Two wait; two more of the same fill the queue, and one of them gives way to another Action.
      waiting.add(node.send(slow));
      Future<ActionResult> last = node.send(slow);
      ActionInvocation other = waiting(node, gate, "other");
      waiting.add(node.send(other));
      Waiting.until(PATIENCE, () -> busy(node, 2, 4));
      waiting.add(node.send(other));
      assertThat(last.await().ending()).isEqualTo(ActionEnding.OVERLOADED);
      assertThat(waiting).noneMatch(Future::isComplete);

      gate.release();
      for (Future<ActionResult> result : waiting) {
        assertThat(result.await().ending()).isEqualTo(ActionEnding.RETURNED);
      }
    }
  }
}
