package dev.cambio.model.action;

/** How a run ended. An ending is data: the gateway decides what it means for the caller. */
public enum ActionEnding {
  /** The handler's promise was fulfilled. */
  RETURNED(true),
  /** The code threw, or a promise was rejected. */
  THREW(true),
  /** The budget of wall-clock or CPU time ran out; the run was cancelled or its process killed. */
  TIMED_OUT(true),
  /** The run used more memory than it may. */
  OUT_OF_MEMORY(true),
  /** The run was cancelled for going beyond another limit, which the error names. */
  LIMIT_EXCEEDED(true),
  /** The guest process died under the run, and the run is held responsible. */
  CRASHED(true),
  /** The guest process died under the run through no fault of its own, after it had effects. */
  LOST(true),
  /** No slot was free and the queue was full; nothing ran. */
  OVERLOADED(false),
  /** The version's code could not be had or did not match its hash; nothing ran. */
  CODE_UNAVAILABLE(false),
  /** The version has kept breaking its budget and is not run for a while; nothing ran. */
  REFUSED(false);

  private final boolean started;

  ActionEnding(boolean started) {
    this.started = started;
  }

  /** Whether guest code may have run, and so may have had effects: such a run is never repeated. */
  public boolean started() {
    return started;
  }
}
