package dev.cambio.runtime.frame;

import java.io.IOException;

/** A frame that breaks the form: the peer cannot be trusted to keep it any more. */
public final class FrameException extends IOException {
  private static final long serialVersionUID = 1L;

  public FrameException(String message) {
    super(message);
  }
}
