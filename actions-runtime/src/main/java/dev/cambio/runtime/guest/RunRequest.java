package dev.cambio.runtime.guest;

import dev.cambio.runtime.frame.Frame;
import dev.cambio.runtime.frame.FrameException;

/**
 * What is to be run.
 *
 * @param id id of the run within this process
 * @param contentHash names the source
 * @param trigger empty if only the realm is to be opened and the top level run
 * @param timeoutMs wall-clock budget
 */
record RunRequest(
    int id,
    String tenant,
    String version,
    String contentHash,
    String trigger,
    long timeoutMs,
    String event,
    String secrets) {

  static RunRequest of(Frame frame) throws FrameException {
    return new RunRequest(
        frame.run(),
        frame.text(),
        frame.text(),
        frame.text(),
        frame.text(),
        frame.bigNumber(),
        frame.text(),
        frame.text());
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
