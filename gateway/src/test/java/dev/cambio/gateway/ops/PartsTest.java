package dev.cambio.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.gateway.config.StartupException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
  private final List<String> stopped = new ArrayList<>();
  private final Parts parts = new Parts();

  @Test
  void stopInReverseOnceAndInSpiteOfFailures() {
    parts.add("first", () -> stopped.add("first"));
    parts.add(
        "broken",
        () -> {
          throw new IllegalStateException("cannot stop");
        });
    parts.add("last", () -> stopped.add("last"));
    parts.startEnded();

    parts.close();
    parts.close();

    assertThat(stopped).containsExactly("last", "first");
  }

  @Test
  void whatStartsTooLateIsStoppedAtOnce() {
    parts.startEnded();
    parts.close();

    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> parts.add("late", () -> stopped.add("late")))
        .withMessage("stopped while starting");
    assertThat(stopped).containsExactly("late");
  }

  @Test
  void aSignalWaitsForTheStepUnderWay() throws InterruptedException {
    Thread signal = Thread.ofPlatform().start(parts::close);
    while (signal.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> parts.add("step", () -> stopped.add("step")));
    parts.startEnded();
    signal.join();

    assertThat(stopped).containsExactly("step");
  }
}
