package dev.cambio.runtime.frame;

/** How a run ended, as the guest process sees it. */
public enum RunEnding {
  RETURNED,
  THREW,
  TIMED_OUT,
  OUT_OF_MEMORY,
  LIMIT_EXCEEDED,
  CODE_UNAVAILABLE;

  private static final RunEnding[] ALL = values();

  /** Number of the ending in a frame. */
  @SuppressWarnings("EnumOrdinal") // both ends are of one build, so the order is agreed on
  public int code() {
    return ordinal();
  }

  /** The ending of that number. */
  public static RunEnding of(int code) throws FrameException {
    if (code < 0 || code >= ALL.length) {
      throw new FrameException("unknown ending " + code);
    }
    return ALL[code];
  }
}
