package dev.cambio.gateway.error;

/**
 * A fault of the platform that whoever met it knows as such: what is needed is away, or does not
 * answer in time (additions C13). Answered 503, whoever asked and whatever for.
 */
public final class Outage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A fault.
   *
   * @param reason for the log of the node, in one line; holds no secret
   */
  public Outage(String reason) {
    super(reason, null, false, false);
  }
}
