package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpareWaitTest {
  private final AtomicLong now = new AtomicLong(7);
  private final SpareWait wait = new SpareWait(now::get);

  @Test
  void isOverHalfAMinuteAfterTheLastIncident() {
    pass(29);
    assertThat(wait.isOver()).isFalse();
    wait.restart();
    pass(29);
    assertThat(wait.isOver()).isFalse();
    assertThat(wait.left()).isEqualTo(TimeUnit.SECONDS.toNanos(1));

    pass(1);

    assertThat(wait.isOver()).isTrue();
  }

  @Test
  void isOverForOneRunAtATime() {
    pass(30);
    wait.take();
    assertThat(wait.isOver()).isFalse();

    wait.giveBack();

    assertThat(wait.isOver()).isTrue();
  }

  private void pass(long seconds) {
    now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }
}
