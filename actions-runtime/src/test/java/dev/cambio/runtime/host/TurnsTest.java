package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Turns at what tenants share")
class TurnsTest {
  private final Turns turns = new Turns(2);
  private final List<String> entered = new ArrayList<>();

  private void enter(String who, String name) {
    turns.enter(who, () -> entered.add(name));
  }

  @Test
  @DisplayName("who has its share waits for its own, in order, and nobody else does")
  void takeTurns() {
    for (int i = 0; i < 5; i++) {
      enter("a", "a" + i);
    }
    enter("b", "b0");
    assertThat(entered).containsExactly("a0", "a1", "b0");

    turns.leave("b");
    assertThat(entered).hasSize(3);
    turns.leave("a");
    turns.leave("a");
    assertThat(entered).containsExactly("a0", "a1", "b0", "a2", "a3");
  }

  @Test
  @DisplayName("nothing is kept of those who have left")
  void leavesNothing() {
    for (int i = 0; i < 5; i++) {
      enter("a", "a" + i);
    }
    for (int i = 0; i < 5; i++) {
      assertThat(turns.isIdle()).isFalse();
      turns.leave("a");
    }

    assertThat(turns.isIdle()).isTrue();
    assertThat(entered).hasSize(5);
  }
}
