package dev.cambio.gateway.disk;

import java.io.IOException;

/** A file that is not read or written, with the reason, which can stand behind the file's name. */
public final class Refusal extends IOException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why not. */
  public enum Reason {
    OUTSIDE("leads out of the directory"),
    NO_FILE("is no regular file"),
    TOO_LARGE("is too large");

    private final String text;

    Reason(String text) {
      this.text = text;
    }
  }

  Refusal(String file, Reason reason) {
    super(file + " " + reason.text);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
