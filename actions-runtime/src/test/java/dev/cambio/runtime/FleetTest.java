package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionInvocation;
import dev.cambio.model.action.ActionResult;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guest processes that come and go, and the runs in them. */
class FleetTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HANG = "Array.prototype.indexOf.call({length: 2 ** 53 - 1}, 1)";

  private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    // A heap that a run may fill, so that its process can be made to die of it.
    node =
        TestNode.start(
            Map.of(
                "actions.kill-grace-ms", "300",
                "actions.heap-mb", "256",
                "actions.contexts-per-slot", "8",
                "actions.allocation-mb", "4096",
                "actions.retained-mb", "4096"));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void awaitSpare() {
    Waiting.until(
        PATIENCE,
        () ->
            node.node().health().guests().spare()
                && node.node().processIds().stream().allMatch(FleetTest::lives));
  }

  private static boolean lives(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  private static ActionInvocation exchange(String body) {
    return TestNode.withTimeout(node.exchange(handler(body)), 20_000);
  }

  private static String handler(String body) {
    return "exports.onExecuteCustomTokenExchange = async (event, api) => {" + body + "};";
  }

  /** Starts one run that takes that long, and waits until it is in its process. */
  private static Future<ActionResult> started(String before, int millis) {
    double until = opened("run") + 1;
    Future<ActionResult> run =
        node.send(
            exchange(
                before
                    + "await new Promise(r => setTimeout(r, "
                    + millis
                    + ")); api.authentication.setUserById('u');"));
    Waiting.until(PATIENCE, () -> opened("run") >= until || run.isComplete());
    assertThat(run.isComplete()).isFalse();
    return run;
  }

  private static void assertThatBothSlotsWork() {
    List<Future<ActionResult>> both =
        List.of(
            node.send(exchange("api.authentication.setUserById('u');")),
            node.send(exchange("api.authentication.setUserById( 'u');")));
    for (Future<ActionResult> result : both) {
      assertThat(result.await().commands()).containsExactly(new ActionCommand.SetUserById("u"));
    }
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  private static double opened(String when) {
    return node.meters().get("cambio.realms.opened").tag("when", when).counter().count();
  }

  private static double ended(String reason) {
    return node.meters().get("cambio.guest.ended").tag("reason", reason).counter().count();
  }

  private static long serving() {
    return node.node().processIds().getFirst();
  }

  private static boolean warm() {
    return node.node().health().guests().cold() == 0;
  }

  @Test
  void aRunThatHangsCostsItsProcessAndNotItsNeighbour() {
    long before = serving();
    Future<ActionResult> neighbour = started("", 1500);
    Future<ActionResult> hung =
        node.send(TestNode.withTimeout(exchange("api.access.deny('early', 'kept');" + HANG), 500));

    ActionResult result = hung.await();

    assertThat(result.ending()).isEqualTo(ActionEnding.TIMED_OUT);
    assertThat(result.commands()).containsExactly(new ActionCommand.Deny("early", "kept"));
    assertThat(serving()).isNotEqualTo(before);
    assertThatBothSlotsWork();
    assertThat(neighbour.await().commands()).containsExactly(new ActionCommand.SetUserById("u"));
    Waiting.until(PATIENCE, () -> ProcessHandle.of(before).isEmpty());
    assertThat(ended("hung")).isPositive();
  }

  @Test
  void aSpareLeavesTheProcessorsToOthersUntilItIsReady() {
    assumeTrue(Files.exists(Path.of("/proc/self/autogroup")), "the kernel has no autogroups");
    long before = node.node().processIds().getLast();
    kill(before);
    Waiting.until(
        PATIENCE,
        () -> node.node().processIds().size() == 2 && node.node().processIds().getLast() != before);
    long next = node.node().processIds().getLast();

    Waiting.until(PATIENCE, () -> autogroup(next).endsWith(" nice 5"));

    Waiting.until(PATIENCE, () -> node.node().health().guests().spare());
    assertThat(autogroup(next)).endsWith(" nice 0");
  }

  private static String autogroup(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "autogroup")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aVersionThatHasCostAProcessWaitsForASpare() {
    ActionInvocation harmless = exchange("if (event.secrets.HANG) " + HANG);
    node.run(TestNode.withTimeout(TestNode.withSecrets(harmless, Map.of("HANG", "yes")), 500));
    assertThat(node.node().health().guests().spare()).isFalse();
    Future<ActionResult> again = node.send(harmless);

    assertThatBothSlotsWork();

    assertThat(again.isComplete()).isFalse();
    assertThat(again.await().ending()).isEqualTo(ActionEnding.RETURNED);
    assertThat(node.node().health().guests().spare()).isTrue();
  }

  @Test
  void aRunWithoutEffectsMovesWhenItsProcessIsKilled() {
    Future<ActionResult> run = started("api.access.deny('once', 'only');", 800);
    kill(serving());

    assertThat(run.await().ending()).isEqualTo(ActionEnding.RETURNED);
    assertThat(run.await().commands())
        .containsExactly(
            new ActionCommand.Deny("once", "only"), new ActionCommand.SetUserById("u"));
    assertThat(node.meters().get("cambio.action.moved").counter().count()).isPositive();
  }

  @Test
  void aRunHasTimeToBeginAnewAlsoWhenItsOwnIsNearlyOver() {
    // It needs more than what is left of its budget when its process goes.
    String waits =
        "await new Promise(r => setTimeout(r, 600)); api.authentication.setUserById('u')";
    double until = opened("run") + 1;
    Future<ActionResult> run = node.send(TestNode.withTimeout(exchange(waits), 1000));
    Waiting.until(PATIENCE, () -> opened("run") >= until);
    LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    kill(serving());

    assertThat(run.await().commands()).containsExactly(new ActionCommand.SetUserById("u"));
  }

  @Test
  void aRunThatMayHaveHadEffectsIsNotRepeated() {
    Future<ActionResult> run = started("api.cache.set('written', 'once');", 15_000);
    Waiting.until(
        PATIENCE,
        () ->
            node.run(exchange("if (!api.cache.get('written')) throw 1;")).ending()
                == ActionEnding.RETURNED);
    kill(serving());

    assertThat(run.await().ending()).isEqualTo(ActionEnding.LOST);
    assertThatBothSlotsWork();
  }

  @Test
  void aRunThatFillsTheHeapOfItsProcessEndsAndItsNeighboursDoNot() {
    Future<ActionResult> bomb =
        node.send(exchange("const all = []; for (;;) all.push(new Array(10_000).fill(all));"));
    Waiting.until(PATIENCE, () -> node.node().health().busy() == 1);
    ActionInvocation quick =
        exchange("await new Promise(r => setTimeout(r, 5)); api.authentication.setUserById('u');");

    while (!bomb.isComplete()) {
      assertThat(node.run(quick).commands()).containsExactly(new ActionCommand.SetUserById("u"));
    }

    assertThat(bomb.await().ending()).isEqualTo(ActionEnding.OUT_OF_MEMORY);
  }

  @Test
  void aHeapThatIsFullAtOnceIsNotPutDownToWhoeverWasThereFirst() {
    Future<ActionResult> neighbour = started("const first = true;", 2000);

    Future<ActionResult> bomb = node.send(exchange("new Array(1e8).fill(0);"));

    assertThat(bomb.await().ending()).isEqualTo(ActionEnding.OUT_OF_MEMORY);
    assertThat(neighbour.await().commands()).containsExactly(new ActionCommand.SetUserById("u"));
    assertThat(ended("out_of_memory")).isPositive();
  }

  @Test
  void runsThatAreRepeatedAreRepeatedOneAtATime() {
    Future<Long> one = started("const one = 1;", 800).map(FleetTest::returned);
    Future<Long> two = started("const two = 2;", 800).map(FleetTest::returned);

    kill(serving());

    assertThat(Duration.ofNanos(Math.abs(one.await() - two.await())))
        .isGreaterThanOrEqualTo(Duration.ofMillis(700));
  }

  private static long returned(ActionResult result) {
    assertThat(result.ending()).isEqualTo(ActionEnding.RETURNED);
    return System.nanoTime();
  }

  @Test
  void aPlannedReplacementDisturbsNobody() {
    long before = serving();
    Future<ActionResult> run = started("", 600);

    node.node().replace(before, "its heap stays full");

    assertThat(serving()).isNotEqualTo(before);
    assertThat(node.node().health().guests().retiring()).isEqualTo(1);
    assertThatBothSlotsWork();
    assertThat(run.await().ending()).isEqualTo(ActionEnding.RETURNED);
    Waiting.until(PATIENCE, () -> ended("replaced") == 1);
  }

  @Test
  void allProcessesDyingAtOnceAreReplaced() {
    List<Long> before = node.node().processIds();
    assertThat(before).hasSize(2);

    before.reversed().forEach(FleetTest::kill);
    Waiting.until(PATIENCE, () -> node.node().health().guests().serving() == 0);
    // Meanwhile runs are sent elsewhere.
    ActionInvocation next = exchange("api.authentication.setUserById('next');");
    Waiting.until(PATIENCE, () -> node.run(next).ending() == ActionEnding.RETURNED);

    assertThatBothSlotsWork();
    Waiting.until(PATIENCE, () -> node.node().health().guests().spare());
    assertThat(node.node().processIds()).hasSize(2).doesNotContainAnyElementsOf(before);
  }

  @Test
  void deployedVersionsAreOpenedAheadInEverySlotAndInWhatReplacesIt() {
    ActionInvocation deployed =
        exchange("require('jose'); api.authentication.setUserById('warm');");
    double ahead = opened("ahead");
    node.deploy(deployed);
    // Two slots of the process that serves, and two of the spare.
    Waiting.until(PATIENCE, () -> opened("ahead") >= ahead + 4 && warm());
    double onPath = opened("run");

    for (int i = 0; i < 4; i++) {
      assertThat(node.run(deployed).ending()).isEqualTo(ActionEnding.RETURNED);
    }
    kill(serving());
    Waiting.until(PATIENCE, () -> !node.node().health().guests().spare());
    for (int i = 0; i < 4; i++) {
      assertThat(node.run(deployed).ending()).isEqualTo(ActionEnding.RETURNED);
    }

    assertThat(opened("run")).isEqualTo(onPath);
  }

  @Test
  void slotsShareTheActionsOutRatherThanDisplaceEachOthers() {
    List<ActionInvocation> more =
        IntStream.range(0, 12).mapToObj(i -> exchange("const shared = " + i)).toList();
    more.forEach(node::run);
    double onPath = opened("run");

    more.forEach(node::run);

    assertThat(opened("run")).isEqualTo(onPath);
  }

  @Test
  void aTopLevelThatHangsOrBombsHurtsNobody() {
    long before = serving();
    double refused = node.meters().get("cambio.realms.refused").counter().count();
    ActionInvocation hanging = node.exchange(HANG + ";" + handler(""));
    ActionInvocation bomb =
        node.exchange("const all = []; for (;;) all.push(new Array(10_000).fill(all));");
    ActionInvocation throwing = node.exchange("throw new Error('top');");

    node.deploy(hanging, bomb, throwing);

    ActionInvocation quick = exchange("api.authentication.setUserById(  'u');");
    Waiting.until(
        PATIENCE,
        () -> {
          assertThat(node.run(quick).ending()).isEqualTo(ActionEnding.RETURNED);
          return node.meters().get("cambio.realms.refused").counter().count() == refused + 3;
        });
    assertThat(serving()).isEqualTo(before);
    assertThat(warm()).isTrue();
  }

  @Test
  void aTopLevelThatWaitsForSomethingIsLeftToItsFirstRun() {
    double ahead = opened("ahead");
    ActionInvocation deployed =
        node.exchange(
            "const later = new Promise(r => setTimeout(() => r('now'), 5));"
                + handler("api.authentication.setUserById(await later);"));

    node.deploy(deployed);
    Waiting.until(PATIENCE, () -> opened("ahead") > ahead && warm());

    assertThat(node.run(deployed).commands()).containsExactly(new ActionCommand.SetUserById("now"));
  }

  @Test
  void guestProcessesEndWithTheirNode() throws Exception {
    TestNode other = TestNode.start();
    List<ProcessHandle> guests =
        other.node().processIds().stream().flatMap(pid -> ProcessHandle.of(pid).stream()).toList();
    assertThat(guests).isNotEmpty();

    other.close();

    Waiting.until(PATIENCE, () -> guests.stream().noneMatch(ProcessHandle::isAlive));
  }
}
