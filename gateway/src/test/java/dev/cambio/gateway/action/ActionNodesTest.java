package dev.cambio.gateway.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.ActionsStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Which actions node a run is given to, as its gateway sees them")
class ActionNodesTest {
  private static final Duration BEAT = ActionBus.STATUS_INTERVAL;

  private long now = -5;
  private final Set<String> members = new HashSet<>(Set.of("m-a", "m-b", "m-c"));
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ActionNodes nodes = new ActionNodes(members::contains, registry, () -> now);

  private void heard(String... which) {
    for (String node : which) {
      heard(node, 8, 0, false);
    }
  }

  private void heard(String node, int free, int waiting, boolean draining) {
    nodes.heard(new ActionsStatus(node, "m-" + node, draining, 8, free, waiting, 0), false);
  }

  /** Time goes by in which these are heard. */
  private void pass(Duration time, String... which) {
    for (long millis = 0; millis < time.toMillis(); millis += BEAT.toMillis()) {
      heard(which);
      now += BEAT.toNanos();
      nodes.tick();
    }
  }

  private String chosen() {
    return chosen(null, Set.of());
  }

  private String chosen(@Nullable ActionNode home, Set<ActionNode> tried) {
    return nodes.choose("v1", home, tried).map(ActionNode::toString).orElse("none");
  }

  private ActionNode node(String name) {
    for (int i = 0; i < 100; i++) {
      ActionNode node = nodes.choose("v1", null, Set.of()).orElseThrow();
      if (node.toString().equals(name)) {
        return node;
      }
    }
    throw new IllegalStateException(name);
  }

  @Test
  void asLongAsNobodyWasHeardItIsWhicheverIsNext() {
    assertThat(nodes.choose("v1", null, Set.of()).orElseThrow().address())
        .isEqualTo(ActionBus.INVOKE);
  }

  @Test
  void equalsTakeTurns() {
    heard("a", "b");
    assertThat(List.of(chosen(), chosen(), chosen(), chosen())).contains("a", "b");
  }

  @Test
  void allOfARequestGoToTheSameOneWhileItIsWell() {
    heard("a", "b");
    ActionNode home = node("b");
    for (int i = 0; i < 5; i++) {
      assertThat(chosen(home, Set.of())).isEqualTo("b");
    }
    pass(ActionNodes.SUSPECTED, "a");
    assertThat(chosen(home, Set.of())).isEqualTo("a");
    heard("b");
    assertThat(chosen(home, Set.of())).as("well again").isEqualTo("b");
    heard("b", 0, 3, false);
    assertThat(chosen(home, Set.of())).as("full").isEqualTo("a");
    heard("b", 8, 0, true);
    assertThat(chosen(home, Set.of())).as("draining").isEqualTo("a");
  }

  @Test
  void theOneInTheSameProcessComesFirstWhileItHasAFreeSlot() {
    heard("a", "b");
    nodes.heard(new ActionsStatus("own", "m", false, 8, 1, 0, 0), true);
    assertThat(List.of(chosen(), chosen(), chosen())).containsOnly("own");
    nodes.heard(new ActionsStatus("own", "m", false, 8, 0, 0, 0), true);
    assertThat(chosen()).isNotEqualTo("own");
  }

  @Test
  void theOneInTheSameProcessIsNeverSuspected() {
    nodes.heard(new ActionsStatus("own", "m", false, 8, 8, 0, 0), true);
    pass(Duration.ofSeconds(90));
    assertThat(chosen()).isEqualTo("own");
  }

  @Test
  void theLeastLoadedIsChosenCountingWhatItWasJustGiven() {
    heard("a", 5, 0, false);
    heard("b", 6, 0, false);
    assertThat(chosen()).isEqualTo("b");
    ActionNode b = node("b");
    ActionCall first = ActionClientTest.call(b);
    ActionCall second = ActionClientTest.call(b);
    long begunAt = b.begins(first);
    b.begins(second);
    assertThat(List.of(chosen(), chosen())).containsOnly("a");
    heard("b", 6, 0, false);
    assertThat(chosen()).as("what it says now counts them").isEqualTo("b");
    b.ends(first, begunAt);
    b.ends(second, begunAt);
    assertThat(b.pressure()).isEqualTo(2 / 8.0);
    b.ends(first, b.begins(first));
    assertThat(b.pressure()).isEqualTo(2 / 8.0);
  }

  @Test
  void oneThatIsColdOrHasJustFailedComesAfterTheOthers() {
    heard("a");
    nodes.heard(new ActionsStatus("b", "m-b", false, 8, 8, 0, 4), false);
    assertThat(List.of(chosen(), chosen(), chosen())).containsOnly("a");
    node("a").ran("v1", false, now);
    assertThat(List.of(chosen(), chosen())).containsOnly("b");
    ActionNode b = node("b");
    pass(ActionNodes.AVOIDED, "a");
    heard("a");
    nodes.heard(new ActionsStatus("b", "m-b", false, 8, 8, 0, 4), false);
    assertThat(List.of(chosen(), chosen())).containsOnly("a");
    b.ran("v1", true, now);
    assertThat(List.of(chosen(), chosen())).as("warm for that version").contains("b");
  }

  @Test
  void theSilentAreChosenOnlyIfThereIsNoOther() {
    heard("a", "b");
    pass(ActionNodes.SUSPECTED, "a");
    assertThat(List.of(chosen(), chosen(), chosen())).containsOnly("a");
    assertThat(nodes.well()).isEqualTo(1);
    assertThat(registry.get("cambio.action.nodes").tag("state", "silent").gauge().value())
        .isEqualTo(1);
    pass(ActionNodes.SUSPECTED);
    assertThat(chosen()).as("silent for a shorter time").isEqualTo("a");
    assertThat(chosen(null, Set.of(nodes.choose("v", null, Set.of()).orElseThrow())))
        .isEqualTo("b");
  }

  @Test
  void whoHasLeftIsChosenNoMore() {
    heard("a", "b");
    nodes.left("m-a");
    assertThat(List.of(chosen(), chosen())).containsOnly("b");
    nodes.left("m-b");
    assertThat(chosen()).isEqualTo("none");
    heard("a");
    assertThat(chosen()).as("it was not dead").isEqualTo("a");
  }

  @Test
  void whoIsSilentAndNoMemberHasLeft() {
    heard("a");
    members.remove("m-a");
    pass(Duration.ofMillis(750));
    assertThat(chosen()).isEqualTo("a");
    pass(BEAT);
    assertThat(chosen()).isEqualTo("none");
  }

  @Test
  void whoIsNoMemberIsNotHeard() {
    heard("a", "b");
    members.remove("m-a");
    pass(ActionNodes.SUSPECTED, "a", "b");
    assertThat(List.of(chosen(), chosen())).containsOnly("b");
    members.add("m-a");
    heard("a");
    assertThat(List.of(chosen(), chosen())).contains("a");
  }

  @Test
  void whoIsSilentForAMinuteIsForgotten() {
    heard("a");
    pass(ActionNodes.FORGOTTEN.minus(BEAT));
    assertThat(chosen()).isEqualTo("a");
    pass(BEAT);
    assertThat(chosen()).isEqualTo("none");
  }

  @Test
  @DisplayName("that this gateway itself stood still is not the silence of others")
  void itsOwnPause() {
    heard("a", "b");
    pass(BEAT, "a", "b");
    now += Duration.ofSeconds(40).toNanos();
    nodes.tick();
    assertThat(nodes.well()).isEqualTo(2);
    pass(Duration.ofMillis(500));
    assertThat(nodes.well()).isZero();
  }

  @Test
  void whoDrainsIsNotChosenEvenIfThereIsNoOther() {
    heard("a", 8, 0, true);
    assertThat(chosen()).isEqualTo("none");
  }
}
