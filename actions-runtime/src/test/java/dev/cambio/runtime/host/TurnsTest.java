package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Turns at what tenants share")
class TurnsTest {
  private final Turns turns = new Turns(2);
  private final List<String> entered = new ArrayList<>();

  private Turns.Place enter(String who, String name) {
    Turns.Place place = turns.place(who);
    place.enter(() -> entered.add(name));
    return place;
  }

  @Test
  @DisplayName("who has its share waits for its own, in order, and nobody else does")
  void takeTurns() {
    List<Turns.Place> places = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      places.add(enter("a", "a" + i));
    }
    Turns.Place other = enter("b", "b0");
    assertThat(entered).containsExactly("a0", "a1", "b0");

    other.leave();
    assertThat(entered).hasSize(3);
    places.get(0).leave();
    places.get(1).leave();
    assertThat(entered).containsExactly("a0", "a1", "b0", "a2", "a3");
  }

  @Test
  @DisplayName("nothing is kept of those who have left")
  void leavesNothing() {
    List<Turns.Place> places = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      places.add(enter("a", "a" + i));
    }
    for (Turns.Place place : places) {
      assertThat(turns.isIdle()).isFalse();
      place.leave();
    }

    assertThat(turns.isIdle()).isTrue();
    assertThat(entered).hasSize(5);
  }

  @Test
  @DisplayName("a turn is given back once")
  void leavesOnce() {
    Turns.Place first = enter("a", "a0");
    Turns.Place second = enter("a", "a1");
    enter("a", "a2");
    enter("a", "a3");

    first.leave();
    first.leave();
    assertThat(entered).containsExactly("a0", "a1", "a2");
    second.giveUp();
    assertThat(entered).hasSize(3);
    second.leave();
    assertThat(entered).hasSize(4);
  }

  @Test
  @DisplayName("who gives up is in no line any more, and what it would have called is let go")
  void givesUp() throws Exception {
    Turns.Place first = enter("a", "a0");
    Turns.Place second = enter("a", "a1");
    Turns.Place tired = turns.place("a");
    WeakReference<Object> held = waitWith(tired);
    Turns.Place left = enter("a", "a3");

    tired.giveUp();
    left.leave();
    for (int i = 0; i < 100 && held.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(held.get()).isNull();

    first.leave();
    second.leave();
    tired.leave();
    assertThat(entered).containsExactly("a0", "a1");
    assertThat(turns.isIdle()).isTrue();
  }

  private WeakReference<Object> waitWith(Turns.Place place) {
    Object body = new Object();
    place.enter(() -> entered.add(body.toString()));
    return new WeakReference<>(body);
  }

  @Test
  @DisplayName("however many leave as soon as it is their turn, the stack does not grow")
  void leavesAtOnce() {
    Turns.Place first = enter("a", "a0");
    Turns.Place second = enter("a", "a1");
    for (int i = 0; i < 100_000; i++) {
      Turns.Place hasty = turns.place("a");
      hasty.enter(hasty::leave);
    }
    enter("a", "last");

    first.leave();
    assertThat(entered).containsExactly("a0", "a1", "last");
    second.leave();
    assertThat(turns.isIdle()).isFalse();
  }

  @Test
  @DisplayName("a callback that fails loses no turn, and is no matter of who left")
  void failing() {
    Turns.Place first = enter("a", "a0");
    Turns.Place second = enter("a", "a1");
    for (int i = 0; i < 3; i++) {
      turns
          .place("a")
          .enter(
              () -> {
                throw new IllegalStateException("of a test");
              });
    }
    Turns.Place last = enter("a", "last");

    first.leave();
    assertThat(entered).containsExactly("a0", "a1", "last");
    second.leave();
    last.leave();
    assertThat(turns.isIdle()).isTrue();
  }
}
