package dev.cambio.model.action;

/**
 * How a run ended, and whose doing that was: its own, or the platform's that was to run it. An
 * ending is data: the gateway decides what it means for the caller.
 */
public enum ActionEnding {
  /** The handler's promise was fulfilled. */
  RETURNED(true, false),
  /** The code threw, or a promise was rejected. */
  THREW(true, false),
  /** The budget of wall-clock or CPU time ran out; the run was cancelled or its process killed. */
  TIMED_OUT(true, false),
  /** The run used more memory than it may. */
  OUT_OF_MEMORY(true, false),
  /** The run was cancelled for going beyond another limit, which the error names. */
  LIMIT_EXCEEDED(true, false),
  /** The guest process died under the run, and the run is held responsible. */
  CRASHED(true, false),
  /** What ran it, a guest process or a whole node, was lost under it or does not answer. */
  LOST(true, true),
  /** Its time went by while it waited for what the platform owed it, such as a slot. */
  STARVED(true, true),
  /** No slot was free and the queue was full; nothing ran. */
  OVERLOADED(false, true),
  /** There was no node or no guest process to run it; nothing ran. */
  UNAVAILABLE(false, true),
  /** The version's code could not be had or did not match its hash; nothing ran. */
  CODE_UNAVAILABLE(false, true),
  /** The version has kept breaking its budget and is not run for a while; nothing ran. */
  REFUSED(false, false);

  private final boolean started;
  private final boolean platformFault;

  ActionEnding(boolean started, boolean platformFault) {
    this.started = started;
    this.platformFault = platformFault;
  }

  /** Whether guest code may have run, and so may have had effects. */
  public boolean started() {
    return started;
  }

  /**
   * Whether the platform failed the run. Then it says nothing of the Action, of the user or of the
   * subject token, whatever the Action had asked for until then (contract additions C13).
   */
  public boolean platformFault() {
    return platformFault;
  }
}
