package dev.cambio.gateway.action;

import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.Overloaded;
import dev.cambio.model.action.ActionResult;
import java.util.Optional;

/** What a run of an Action means that the platform failed (contract additions C13). */
public final class PlatformFault {
  private PlatformFault() {}

  /**
   * The refusal, which asks to try again; empty if the platform did its part. To be asked before
   * anything else: what such a run has asked for does not count.
   */
  public static Optional<OAuthException> of(ActionResult result) {
    return result.ending().platformFault()
        ? Optional.of(new Overloaded(detail(result)))
        : Optional.empty();
  }

  /** How a run ended that did not return, for the log. */
  public static String detail(ActionResult result) {
    return "the Action ended as %s: %s"
        .formatted(result.ending(), result.error() == null ? "" : result.error().message());
  }
}
