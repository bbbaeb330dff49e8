package dev.cambio.runtime.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionCommand.AddScope;
import dev.cambio.model.action.ActionCommand.DeleteRefreshTokenMetadata;
import dev.cambio.model.action.ActionCommand.Deny;
import dev.cambio.model.action.ActionCommand.EnableMultifactor;
import dev.cambio.model.action.ActionCommand.EvictRefreshTokenMetadata;
import dev.cambio.model.action.ActionCommand.RejectInvalidSubjectToken;
import dev.cambio.model.action.ActionCommand.RemoveScope;
import dev.cambio.model.action.ActionCommand.RevokeRefreshToken;
import dev.cambio.model.action.ActionCommand.SetAccessTokenClaim;
import dev.cambio.model.action.ActionCommand.SetActor;
import dev.cambio.model.action.ActionCommand.SetAppMetadata;
import dev.cambio.model.action.ActionCommand.SetIdTokenClaim;
import dev.cambio.model.action.ActionCommand.SetOrganization;
import dev.cambio.model.action.ActionCommand.SetPrimaryUser;
import dev.cambio.model.action.ActionCommand.SetRefreshTokenExpiresAt;
import dev.cambio.model.action.ActionCommand.SetRefreshTokenIdleExpiresAt;
import dev.cambio.model.action.ActionCommand.SetRefreshTokenMetadata;
import dev.cambio.model.action.ActionCommand.SetTransactionMetadata;
import dev.cambio.model.action.ActionCommand.SetUserByConnection;
import dev.cambio.model.action.ActionCommand.SetUserById;
import dev.cambio.model.action.ActionCommand.SetUserMetadata;
import dev.cambio.model.action.ActionCommand.Unsupported;
import dev.cambio.model.action.ActionCommand.ValidationError;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one run, each read anew from what the guest process sent: our own JavaScript has
 * checked it, but hostile code may have got past that.
 */
final class RunCommands {
  /** Characters of all commands together; metadata and claims have narrower limits of their own. */
  private static final int MAX_LENGTH = 4 * 1024 * 1024;

  private final Trigger trigger;
  private final int max;
  private final List<ActionCommand> commands = new ArrayList<>();
  private int length;
  private @Nullable String complaint;

  RunCommands(Trigger trigger, int max) {
    this.trigger = trigger;
    this.max = max;
  }

  void add(String json) {
    if (complaint != null) {
      return;
    }
    if (commands.size() >= max) {
      complaint = "Too many commands";
      return;
    }
    // What cannot be held is not even parsed.
    if (json.length() > MAX_LENGTH - length) {
      complaint = "The commands are too large";
      return;
    }
    length += json.length();
    try {
      ActionCommand command = Json.read(json, ActionCommand.class);
      if (command == null || !allowed(command)) {
        complaint = "A command is not available in " + trigger.id();
      } else {
        commands.add(command);
      }
    } catch (JsonProcessingException e) {
      complaint = "A command is malformed: " + e.getOriginalMessage();
    }
  }

  List<ActionCommand> list() {
    return commands;
  }

  int size() {
    return commands.size();
  }

  /** What was wrong with the first bad command. */
  Optional<String> complaint() {
    return Optional.ofNullable(complaint);
  }

  private boolean allowed(ActionCommand command) {
    if (trigger == Trigger.CREDENTIALS_EXCHANGE) {
      return command instanceof SetAccessTokenClaim
          || (command instanceof Deny deny && deny.code() != null);
    }
    boolean exchange = trigger == Trigger.CUSTOM_TOKEN_EXCHANGE;
    return switch (command) {
      case Deny deny -> exchange == (deny.code() != null);
      case SetAppMetadata _, SetUserMetadata _, SetTransactionMetadata _ -> true;
      case RejectInvalidSubjectToken _,
          SetUserById _,
          SetUserByConnection _,
          SetOrganization _,
          SetActor _ ->
          exchange;
      case SetPrimaryUser _,
          SetAccessTokenClaim _,
          SetIdTokenClaim _,
          AddScope _,
          RemoveScope _,
          ValidationError _,
          EnableMultifactor _,
          RevokeRefreshToken _,
          SetRefreshTokenExpiresAt _,
          SetRefreshTokenIdleExpiresAt _,
          SetRefreshTokenMetadata _,
          DeleteRefreshTokenMetadata _,
          EvictRefreshTokenMetadata _,
          Unsupported _ ->
          !exchange;
    };
  }
}
