package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackOffTest {
  @Test
  void doublesUpToAMinute() {
    assertThat(seconds(new BackOff(() -> 1), 8))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
  }

  @Test
  void takesBetweenHalfAndAllOfIt() {
    BackOff least = new BackOff(() -> 0);

    assertThat(least.failed()).hasMillis(500);
    assertThat(least.failed()).hasMillis(1000);
  }

  @Test
  void beginsAnewAfterSuccess() {
    BackOff backOff = new BackOff(() -> 1);
    seconds(backOff, 5);
    assertThat(backOff.failures()).isEqualTo(5);

    backOff.reset();

    assertThat(backOff.failures()).isZero();
    assertThat(backOff.failed()).hasSeconds(1);
  }

  private static List<Long> seconds(BackOff backOff, int count) {
    return Stream.generate(() -> backOff.failed().toSeconds()).limit(count).toList();
  }
}
