package dev.cambio.gateway.search;

/** A query or sort order that cannot be understood; the message tells its author why. */
public final class SearchException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_QUOTED = 100;

  SearchException(String message) {
    super(message, null, false, false);
  }

  /** What the author wrote, cut to a length that is bearable in a message. */
  static String quote(String text) {
    return text.length() <= MAX_QUOTED
        ? "'" + text + "'"
        : "'" + text.substring(0, MAX_QUOTED) + "…'";
  }
}
