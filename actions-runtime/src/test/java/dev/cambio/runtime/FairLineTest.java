package dev.cambio.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The line of those who wait")
class FairLineTest {
  private final FairLine<String> line = new FairLine<>(8);

  private static Claimant who(String path) {
    String[] parts = path.split("/");
    return new Claimant(parts[0], parts[1], parts[2]);
  }

  /** Who gives way to that one; it must have room. */
  private String join(String path, String name) {
    assertThat(line.hasRoomFor(who(path))).isTrue();
    return String.valueOf(line.join(who(path), name));
  }

  private List<String> all() {
    List<String> all = new ArrayList<>();
    for (String next = line.next(_ -> true, _ -> true); next != null; ) {
      all.add(next);
      next = line.next(_ -> true, _ -> true);
    }
    return all;
  }

  @Test
  @DisplayName("tenants take turns, then Actions, then clients, and a client keeps its order")
  void takesTurns() {
    join("a/x/1", "a1");
    join("a/x/1", "a2");
    join("a/x/2", "a3");
    join("a/y/1", "a4");
    join("b/x/1", "b1");
    join("b/x/1", "b2");

    assertThat(all()).containsExactly("a1", "b1", "a4", "b2", "a3", "a2");
    assertThat(line.size()).isZero();
  }

  @Test
  @DisplayName("who may not have one now is passed over, and keeps the turn")
  void passesOver() {
    join("a/x/1", "a1");
    join("b/x/1", "b1");

    assertThat(line.next(_ -> false, who -> who.tenant().equals("b"))).isEqualTo("b1");
    join("b/x/1", "b2");
    assertThat(line.next(_ -> true, _ -> false)).isNull();
    assertThat(all()).containsExactly("a1", "b2");
  }

  @Test
  @DisplayName("of one client, a run that has begun comes first; of others it waits for its turn")
  void goesOnInTurn() {
    join("a/x/1", "new");
    join("b/x/1", "other");
    line.rejoin(who("a/x/1"), "begun");
    line.rejoin(who("a/x/1"), "begun too");

    assertThat(line.size()).isEqualTo(2);
    assertThat(all()).containsExactly("begun", "other", "begun too", "new");
  }

  @Test
  @DisplayName("when it is full, the longest line of all gives way, at each level")
  void longestGivesWay() {
    for (int i = 0; i < 5; i++) {
      join("a/x/1", "x" + i);
    }
    join("a/y/1", "y0");
    join("a/y/1", "y1");
    join("b/x/1", "b0");

    assertThat(line.hasRoomFor(who("a/x/1"))).isFalse();
    assertThat(join("c/x/1", "c0")).isEqualTo("x4");
    assertThat(join("a/z/1", "z0")).isEqualTo("x3");
    assertThat(join("a/x/2", "other client")).isEqualTo("x2");
    assertThat(line.size()).isEqualTo(8);
    assertThat(all()).doesNotContain("x2", "x3", "x4").hasSize(8);
  }

  @Test
  @DisplayName("a run that goes on has room however long the line, and gives way to nobody")
  void thoseThatGoOnAreNotRefused() {
    for (int i = 0; i < 8; i++) {
      join("a/x/1", "a" + i);
      line.rejoin(who("a/x/1"), "begun" + i);
    }

    assertThat(join("b/x/1", "b")).isEqualTo("a7");
    assertThat(all()).contains("begun0", "begun7", "a6", "b").doesNotContain("a7");
  }

  @Test
  @DisplayName("whoever leaves is not served, and with no room at all nobody waits to begin")
  void leaves() {
    join("a/x/1", "a");
    line.rejoin(who("a/x/1"), "begun");

    assertThat(line.leave(who("a/x/1"), "a")).isTrue();
    assertThat(line.leave(who("a/x/1"), "a")).isFalse();
    assertThat(line.leave(who("a/x/1"), "begun")).isTrue();
    assertThat(all()).isEmpty();
    assertThat(new FairLine<String>(0).hasRoomFor(who("a/x/1"))).isFalse();
  }
}
