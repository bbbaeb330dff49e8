package dev.cambio.runtime.frame;

/**
 * What a frame says. The comment behind each kind lists its payload in order; {@code ?} marks what
 * may be absent.
 */
public enum FrameKind {
  // node -> guest
  /** limits, see {@link GuestLimits}. */
  CONFIGURE,
  /**
   * tenant, version id, content hash, trigger id, budget in ms, event JSON, secrets JSON, whether
   * it is a trial, its clock?, its seed?.
   */
  RUN,
  /** source?. */
  CODE,
  /** answer JSON?. */
  CACHE_ANSWER,
  /** call id, whether it succeeded, head JSON, body?. */
  FETCHED,
  /** nothing: the run, which waits, goes on, on the lane of the frame. */
  RESUME,
  /** nothing: the run, which waits, is over. */
  DROP,

  // guest -> node
  /** how JavaScript is run, number of packages, then each package name. */
  READY,
  /** nothing: the source of the run's version is not here. */
  CODE_WANTED,
  /** level, text, milliseconds since the epoch. */
  PRINT,
  /** command JSON. */
  COMMAND,
  /** operation, key, value?, options JSON?. */
  CACHE,
  /** call id, head JSON, body?. */
  FETCH,
  /** call id. */
  CANCEL,
  /** realms opened for the run, realms ended, whether the run's realm is there for another run. */
  REALMS,
  /**
   * nanoseconds until it has something to do, negative if it waits for requests alone; how many
   * FETCHED it has taken; then as RESULT, what is to be said of it if its time is up before. The
   * run waits and has left its lane.
   */
  WAITS,
  /** nothing: the run, which waits, has something to do. */
  WAKE,
  /**
   * ending, CPU microseconds, bytes allocated, host calls, error JSON?, error name?, error
   * message?, error stack?, microseconds until the handler was called.
   */
  RESULT,
  /** as RESULT: the run was cancelled for this and does not stop. */
  STUCK,
  /** nothing: of the runs under way, this one has allocated most, and so much that it matters. */
  GREEDIEST,
  /** version id: the run, which is over, had changed globals or intrinsics. */
  TAMPERED,
  /** nothing: the process wants no further runs. */
  DRAIN;

  private static final FrameKind[] ALL = values();

  // Both ends are of one build, so the order is agreed on.
  @SuppressWarnings("EnumOrdinal")
  byte code() {
    return (byte) ordinal();
  }

  static FrameKind of(byte code) throws FrameException {
    if (code < 0 || code >= ALL.length) {
      throw new FrameException("unknown frame kind " + code);
    }
    return ALL[code];
  }
}
