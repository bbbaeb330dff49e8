package dev.cambio.runtime.process;

import dev.cambio.model.action.ActionEnding;

/** What came of giving a run to a guest process. */
sealed interface Attempt {
  /** It has ended. */
  record Ended(RunReport report) implements Attempt {}

  /** It has ended its process. */
  record Blamed(GuestEnd end) implements Attempt {
    RunReport report() {
      return end == GuestEnd.OUT_OF_MEMORY
          ? RunReport.of(
              ActionEnding.OUT_OF_MEMORY,
              "The action used up the heap of its process (actions.heap-mb)")
          : RunReport.of(ActionEnding.CRASHED, "The guest process ended because of the run");
    }
  }

  /** The process had gone before it took the run. */
  record NotBegun() implements Attempt {}

  /**
   * The process has gone under the run, which is not known to be to blame and has had no effects:
   * it may be run again.
   */
  record Undone(GuestEnd end) implements Attempt {}
}
