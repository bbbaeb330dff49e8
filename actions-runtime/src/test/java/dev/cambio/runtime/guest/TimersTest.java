package dev.cambio.runtime.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimersTest {
  private static final long NOW = 10_000_000_000L;

  private final Timers timers = new Timers(100);

  private int[] due(long now) {
    return IntStream.iterate(timers.pollDue(now), id -> id != 0, _ -> timers.pollDue(now))
        .toArray();
  }

  @Test
  void firesInTheOrderInWhichTheyAreDue() {
    int later = timers.start(NOW, 2);
    int sooner = timers.start(NOW, 1);
    int alsoSooner = timers.start(NOW, 1);

    assertThat(due(NOW)).isEmpty();
    assertThat(timers.nanosToNext(NOW)).isEqualTo(1_000_000);
    assertThat(due(NOW + 2_000_000)).containsExactly(sooner, alsoSooner, later);
  }

  @Test
  void withoutDelayComesAfterWhatIsDueAndNegativeBeforeIt() {
    int early = timers.start(NOW - 5_000_000, 1);
    int immediate = timers.start(NOW, 0);
    int first = timers.start(NOW, -1);

    assertThat(due(NOW)).containsExactly(first, early, immediate);
  }

  @Test
  void clearedTimersDoNotFireAndTooManyAreRefused() {
    int cleared = timers.start(NOW, 0);
    timers.clear(cleared);
    IntStream.range(0, 1000).forEach(_ -> timers.start(NOW, 5));

    assertThat(due(NOW)).isEmpty();
    assertThat(timers.start(NOW, 5)).isZero();
  }
}
