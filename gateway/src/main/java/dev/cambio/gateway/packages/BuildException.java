package dev.cambio.gateway.packages;

/** A build that came to nothing; the message says why in one line, for whoever saved the draft. */
final class BuildException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String id;

  /**
   * A failure.
   *
   * @param id says what kind of failure it is, in snake case
   */
  BuildException(String id, String message) {
    super(message, null, false, false);
    this.id = id;
  }

  String id() {
    return id;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
