package dev.cambio.runtime.process;

/** What came of giving a run to a guest process. */
sealed interface Attempt {
  /** It has ended. */
  record Ended(RunReport report) implements Attempt {}

  /** The process had gone before it took the run. */
  record NotBegun() implements Attempt {}

  /**
   * The process has gone under the run, which is not to blame and has had no effects: it may be run
   * again.
   */
  record Undone() implements Attempt {}
}
