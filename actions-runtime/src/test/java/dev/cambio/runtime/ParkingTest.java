package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.action.ConsoleLine;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Runs that wait for a timer or a request")
class ParkingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SET_USER = "api.authentication.setUserById('u');";

  private static Gate gate;
  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    gate = new Gate();
    node = TestNode.start(Map.of("actions.cpu-ms", "1000", "actions.egress-allow", gate.address()));
  }

  @AfterAll
  static void stop() {
    node.close();
    gate.close();
  }

  @BeforeEach
  void shut() throws Exception {
    gate.shut();
    Waiting.until(PATIENCE, () -> is(0, 0, 0));
  }

  private static boolean is(int busy, int parked, int waiting) {
    ActionsNode.Health health = node.node().health();
    return health.busy() == busy && health.parked() == parked && health.waiting() == waiting;
  }

  private static ActionInvocation exchange(String body) {
    return TestNode.withTimeout(
        node.exchange(
            "exports.onExecuteCustomTokenExchange = async (event, api) => {" + body + "};"),
        60_000);
  }

  private static String atTheGate(String path) {
    return "await fetch('http://%s/%s');".formatted(gate.address(), path);
  }

  private static ActionInvocation ofClient(ActionInvocation base, String client) {
    return TestNode.withEvent(base, base.event().replace("\"app\"", "\"" + client + "\""));
  }

  private static List<Future<ActionResult>> send(int count, ActionInvocation invocation) {
    List<Future<ActionResult>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(node.send(invocation));
    }
    return sent;
  }

  private static void assertServes(ActionInvocation invocation) {
    assertThat(node.run(invocation).ending()).isEqualTo(ActionEnding.RETURNED);
  }

  @Test
  @DisplayName("take no slot from another tenant, Action or client, however many there are")
  void starveNobody() throws Exception {
    ActionInvocation slow = exchange(atTheGate("slow") + SET_USER);
    int most = TestNode.settings(Map.of()).open().perClient();
    List<Future<ActionResult>> flood = send(most + 10, slow);
    Waiting.until(PATIENCE, () -> is(0, most, 10));

    ActionInvocation quick = exchange(SET_USER);
    assertServes(TestNode.ofTenant(quick, "quiet"));
    assertServes(quick);
    List<Future<ActionResult>> second = send(1, ofClient(slow, "second"));
    Waiting.until(PATIENCE, () -> is(0, most + 1, 10));
    assertThat(flood).noneMatch(Future::isComplete);

    gate.release();
    flood.addAll(second);
    for (Future<ActionResult> result : flood) {
      assertThat(result.await().ending()).isEqualTo(ActionEnding.RETURNED);
    }
    Waiting.until(PATIENCE, () -> is(0, 0, 0));
  }

  @Test
  @DisplayName("go on with what they had, on whatever lane, and are counted over all of it")
  void goOnAsTheyWere() throws Exception {
    String body =
        """
        let kept = [];
        for (let i = 0; i < 3; i++) {
          const mine = 'round ' + i;
          await Promise.all([fetch('http://%s/' + i), new Promise(done => setTimeout(done, 20))]);
          kept.push(mine);
          console.log(mine);
          api.cache.set('last', mine);
        }
        console.log(kept.join(), api.cache.get('last').value);
        """
            .formatted(gate.address());
    List<Future<ActionResult>> runs = send(10, exchange(body + SET_USER));
    Waiting.until(PATIENCE, () -> is(0, 10, 0));
    gate.release();

    for (Future<ActionResult> run : runs) {
      ActionResult result = run.await();
      assertThat(result.error()).isNull();
      assertThat(result.commands()).hasSize(1);
      assertThat(result.console())
          .extracting(ConsoleLine::text)
          .containsExactly("round 0", "round 1", "round 2", "round 0,round 1,round 2 round 2");
      assertThat(result.timings().cpu()).isPositive().isLessThan(result.timings().ran() + 1);
    }
  }

  @Test
  @DisplayName("have one budget of CPU time for all that they do between their waits")
  void oneBudget() {
    ActionResult result =
        node.run(
            exchange(
                """
                for (;;) {
                  for (const from = Date.now(); Date.now() - from < 50; ) for (let i = 0; i < 9999; i++);
                  await new Promise(done => setTimeout(done, 20));
                }
                """));

    assertThat(result.ending()).isEqualTo(ActionEnding.TIMED_OUT);
    assertThat(result.error()).extracting("message").asString().contains("actions.cpu-ms");
    assertThat(result.timings().cpu()).isGreaterThan(900_000);
  }

  @Test
  @DisplayName("end when their time is up, and leave nothing behind")
  void endInTime() throws Exception {
    ActionInvocation slow = exchange(atTheGate("never") + SET_USER);
    ActionResult result = node.run(TestNode.withTimeout(slow, 300));

    assertThat(result.ending()).isEqualTo(ActionEnding.TIMED_OUT);
    assertThat(result.error()).extracting("message").asString().contains("actions.timeout-ms");
    Waiting.until(PATIENCE, () -> is(0, 0, 0));
    gate.release();
    assertServes(slow);
  }

  @Test
  @DisplayName("keep their slot if they may hold more of the guest's memory than there is for them")
  void memory() throws Exception {
    String hoard = "const all = []; for (let i = 0; i < 5; i++) all.push(new Uint8Array(2**24));";
    List<Future<ActionResult>> hoarders =
        send(1, exchange(hoard + atTheGate("full") + "all.length;" + SET_USER));
    Waiting.until(PATIENCE, () -> is(1, 0, 0));
    assertServes(TestNode.ofTenant(exchange(SET_USER), "quiet"));
    List<Future<ActionResult>> modest =
        send(1, TestNode.ofTenant(exchange(atTheGate("modest") + SET_USER), "quiet"));
    Waiting.until(PATIENCE, () -> is(1, 1, 0));

    gate.release();
    assertThat(hoarders.getFirst().await().ending()).isEqualTo(ActionEnding.RETURNED);
    assertThat(modest.getFirst().await().ending()).isEqualTo(ActionEnding.RETURNED);
  }

  @Test
  @DisplayName("are lost with their process, or run again if they had no effects")
  void endOfTheProcess() throws Exception {
    ActionInvocation timer =
        exchange("await new Promise(done => setTimeout(done, 1000));" + SET_USER);
    List<Future<ActionResult>> asked = send(1, exchange(atTheGate("lost") + SET_USER));
    List<Future<ActionResult>> harmless = send(1, timer);
    Waiting.until(PATIENCE, () -> node.node().health().parked() == 2);
    Waiting.until(PATIENCE, () -> node.node().health().guests().spare());
    ProcessHandle.of(node.node().processIds().getFirst()).orElseThrow().destroyForcibly();

    assertThat(asked.getFirst().await().ending()).isEqualTo(ActionEnding.LOST);
    assertThat(harmless.getFirst().await().ending()).isEqualTo(ActionEnding.RETURNED);
    Waiting.until(PATIENCE, () -> is(0, 0, 0));
  }
}
