package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.action.PlatformFault;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.DeniedByAction;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.user.MetadataChanges;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionEnding;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.oauth.Actor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a custom-token-exchange Action decided (contract token-endpoint §3.1). */
public sealed interface ExchangeDecision {

  /** Whether the Action called the subject token forged, which charges the caller's IP. */
  boolean rejectsSubjectToken();

  /** The exchange is refused. */
  record Refused(OAuthException refusal, boolean rejectsSubjectToken) implements ExchangeDecision {}

  /**
   * The exchange may go on.
   *
   * @param user {@code SetUserById} or {@code SetUserByConnection}
   * @param organization as given to {@code setOrganization}
   */
  record Accepted(
      ActionCommand user,
      Optional<Actor> actor,
      Optional<String> organization,
      MetadataChanges metadata,
      Map<String, JsonNode> transactionMetadata)
      implements ExchangeDecision {
    @Override
    public boolean rejectsSubjectToken() {
      return false;
    }
  }

  /** The decision as a value; throws the refusal. */
  default Accepted orThrow() {
    return switch (this) {
      case Accepted accepted -> accepted;
      case Refused refused -> throw refused.refusal();
    };
  }

  /** Reads a run's result. A pure function: deny is sticky, whatever was called before or after. */
  static ExchangeDecision from(ActionResult result) {
    Optional<OAuthException> fault = PlatformFault.of(result);
    if (fault.isPresent()) {
      return refused(fault.get());
    }
    boolean rejects =
        result.commands().stream()
            .anyMatch(ActionCommand.RejectInvalidSubjectToken.class::isInstance);
    return denial(result)
        .or(() -> failure(result))
        .<ExchangeDecision>map(refusal -> new Refused(refusal, rejects))
        .orElseGet(() -> accepted(result.commands()));
  }

  /** The first deny or reject, if the code ended by itself; a later throw does not undo it. */
  private static Optional<OAuthException> denial(ActionResult result) {
    boolean endedByItself =
        result.ending() == ActionEnding.RETURNED || result.ending() == ActionEnding.THREW;
    if (!endedByItself) {
      return Optional.empty();
    }
    for (ActionCommand command : result.commands()) {
      if (command instanceof ActionCommand.Deny(var code, String reason)) {
        return Optional.of(
            new DeniedByAction(code == null || code.isEmpty() ? "invalid_request" : code, reason));
      }
      if (command instanceof ActionCommand.RejectInvalidSubjectToken(String reason)) {
        return Optional.of(new RequestInvalid(reason));
      }
    }
    return Optional.empty();
  }

  private static Optional<OAuthException> failure(ActionResult result) {
    return result.ending() == ActionEnding.RETURNED
        ? Optional.empty()
        : Optional.of(new ServerFault(PlatformFault.detail(result)));
  }

  private static ExchangeDecision accepted(List<ActionCommand> commands) {
    Optional<ActionCommand> byId = last(commands, ActionCommand.SetUserById.class);
    Optional<ActionCommand> byConnection = last(commands, ActionCommand.SetUserByConnection.class);
    if (byId.isPresent() && byConnection.isPresent()) {
      return refused(new ServerFault("the Action called both setUser methods"));
    }
    Optional<ActionCommand> user = byId.or(() -> byConnection);
    if (user.isEmpty()) {
      String text = "Custom Token Exchange action did not set a user";
      return refused(new ServerFault(text, text));
    }
    MetadataChanges metadata = MetadataChanges.of(commands);
    if (metadata.complaint().isPresent()) {
      return refused(new ServerFault("the Action set " + metadata.complaint().get()));
    }
    return new Accepted(
        user.get(),
        last(commands, ActionCommand.SetActor.class)
            .map(command -> ((ActionCommand.SetActor) command).actor()),
        last(commands, ActionCommand.SetOrganization.class)
            .map(command -> ((ActionCommand.SetOrganization) command).organization()),
        metadata,
        transactionMetadata(commands));
  }

  private static Refused refused(OAuthException refusal) {
    return new Refused(refusal, false);
  }

  private static Optional<ActionCommand> last(
      List<ActionCommand> commands, Class<? extends ActionCommand> type) {
    return commands.reversed().stream().filter(type::isInstance).findFirst();
  }

  private static Map<String, JsonNode> transactionMetadata(List<ActionCommand> commands) {
    Map<String, JsonNode> metadata = new LinkedHashMap<>();
    for (ActionCommand command : commands) {
      if (command instanceof ActionCommand.SetTransactionMetadata(String key, JsonNode value)) {
        if (value.isNull()) {
          metadata.remove(key);
        } else {
          metadata.put(key, value);
        }
      }
    }
    return metadata;
  }
}
