package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;
import dev.cambio.runtime.guest.sandbox.SimulatedWorld;
import dev.cambio.runtime.guest.sandbox.World;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run.
 *
 * @param id id of the run within this process
 * @param contentHash names the source
 * @param trigger empty if only the realm is to be opened and the top level run
 * @param timeoutMs wall-clock budget
 * @param trial present for a run whose realm is its own
 */
record RunRequest(
    int id,
    String tenant,
    String version,
    String contentHash,
    String trigger,
    long timeoutMs,
    String event,
    String secrets,
    @Nullable Trial trial) {

  /**
   * What a trial fixes; absent parts are real.
   *
   * @param clock milliseconds since the epoch
   */
  record Trial(@Nullable Long clock, @Nullable Long seed) {
    private static @Nullable Trial of(Frame frame) throws FrameException {
      boolean present = frame.flag();
      String clock = frame.optionalText();
      String seed = frame.optionalText();
      return present ? new Trial(number(clock), number(seed)) : null;
    }

    private static @Nullable Long number(@Nullable String text) {
      return text == null ? null : Long.valueOf(text);
    }
  }

  static RunRequest of(Frame frame) throws FrameException {
    return new RunRequest(
        frame.run(),
        frame.text(),
        frame.text(),
        frame.text(),
        frame.text(),
        frame.bigNumber(),
        frame.text(),
        frame.text(),
        Trial.of(frame));
  }

  /** The world that the run is to know. */
  World world() {
    return trial == null ? World.REAL : new SimulatedWorld(trial.clock(), trial.seed());
  }

  /** Whether no handler is to be called. */
  boolean opensOnly() {
    return trigger.isEmpty();
  }

  /** Names the run; event and secrets stay out. */
  @Override
  public String toString() {
    return "RunRequest[" + id + " " + version + "]";
  }
}
