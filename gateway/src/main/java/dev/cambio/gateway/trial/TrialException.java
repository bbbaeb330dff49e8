package dev.cambio.gateway.trial;

/** A trial is asked for in a way that makes no sense. The message is for whoever asked. */
public final class TrialException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrialException(String message) {
    super(message, null, false, false);
  }
}
