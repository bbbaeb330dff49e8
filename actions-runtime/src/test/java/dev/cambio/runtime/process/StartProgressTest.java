package dev.cambio.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A process that is yet to become ready")
class StartProgressTest {
  private final StartProgress progress = new StartProgress();

  private String judged(Duration given) {
    return String.valueOf(progress.fault(Optional.of(given)));
  }

  @Test
  @DisplayName("is waited for as long as it is given processor time, however long that takes")
  void getsOn() {
    for (int minute = 1; minute < 100; minute++) {
      assertThat(judged(Duration.ofSeconds(minute))).isEqualTo("null");
    }
  }

  @Test
  @DisplayName("is given up when it does nothing")
  void doesNothing() {
    assertThat(judged(Duration.ofSeconds(3))).isEqualTo("null");
    assertThat(judged(Duration.ofMillis(3050)))
        .isEqualTo("is not ready and has done nothing for 60 s");
  }

  @Test
  @DisplayName("is given up when it has had enough, or when nobody knows what it had")
  void hasHadEnough() {
    assertThat(judged(Duration.ofSeconds(130)))
        .isEqualTo("is not ready after 130 s of processor time");
    assertThat(progress.fault(Optional.empty())).isEqualTo("is not ready after 60 s");
  }
}
