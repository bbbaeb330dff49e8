package dev.cambio.gateway.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.LoginDenied;
import dev.cambio.gateway.error.OAuthException.Overloaded;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.error.OAuthException.ValidationFailed;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.ScopeSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the post-login Actions of one login have asked for so far (contract actions-runtime §7.1,
 * §7.2). Pure: it neither runs an Action nor stores anything.
 */
final class LoginState {
  private static final int MAX_REASON = 256;

  private final Optional<Actor> actor;
  private final Map<String, JsonNode> metadata;
  private final Map<String, JsonNode> accessTokenClaims = new LinkedHashMap<>();
  private final Map<String, JsonNode> idTokenClaims = new LinkedHashMap<>();
  private final List<ActionCommand> userChanges = new ArrayList<>();
  private ScopeSet granted;
  private boolean multifactor;

  LoginState(ScopeSet granted, Optional<Actor> actor, Map<String, JsonNode> metadata) {
    this.granted = granted;
    this.actor = actor;
    this.metadata = new LinkedHashMap<>(metadata);
  }

  /** Merges one Action's result; a refusal ends the login, and later Actions do not run. */
  Optional<OAuthException> apply(ActionResult result) {
    Optional<OAuthException> refusal = Optional.empty();
    for (ActionCommand command : result.commands()) {
      Optional<OAuthException> refused = apply(command);
      if (refusal.isEmpty()) {
        refusal = refused;
      }
    }
    return refusal.or(() -> failure(result));
  }

  private static Optional<OAuthException> failure(ActionResult result) {
    String message = result.error() == null ? "" : result.error().message();
    return switch (result.ending()) {
      case RETURNED -> Optional.empty();
      case THREW ->
          Optional.of(
              new LoginDenied(
                  message.substring(0, Math.min(message.length(), MAX_REASON)), message));
      case TIMED_OUT -> Optional.of(new LoginDenied("Action execution timed out.", message));
      case OUT_OF_MEMORY, CRASHED, LOST, REFUSED ->
          Optional.of(new LoginDenied("Action execution failed.", message));
      case OVERLOADED -> Optional.of(new Overloaded(message));
      case CODE_UNAVAILABLE -> Optional.of(new ServerFault(message));
    };
  }

  private Optional<OAuthException> apply(ActionCommand command) {
    switch (command) {
      case ActionCommand.SetAccessTokenClaim(String name, JsonNode value) ->
          setClaim(accessTokenClaims, name, value);
      case ActionCommand.SetIdTokenClaim(String name, JsonNode value) ->
          setClaim(idTokenClaims, name, value);
      case ActionCommand.AddScope(String scope) -> addScope(scope);
      case ActionCommand.RemoveScope(String scope) -> granted = granted.without(scope);
      case ActionCommand.SetTransactionMetadata(String key, JsonNode value) ->
          setClaim(metadata, key, value);
      case ActionCommand.SetAppMetadata change -> userChanges.add(change);
      case ActionCommand.SetUserMetadata change -> userChanges.add(change);
      case ActionCommand.EnableMultifactor(String provider, ObjectNode options) ->
          multifactor = !provider.equals("none");
      case ActionCommand.Deny(var code, String reason) -> {
        return Optional.of(new LoginDenied(reason));
      }
      case ActionCommand.ValidationError(String code, String message) -> {
        return Optional.of(new ValidationFailed(code, message));
      }
      case ActionCommand.Unsupported(String method) -> {
        return Optional.of(unsupported(method));
      }
      case ActionCommand.SetPrimaryUser primary -> {
        return Optional.of(unsupported("api.authentication.setPrimaryUser"));
      }
      // No refresh token is issued in an exchange yet, and these shape only one that is.
      case ActionCommand.SetRefreshTokenExpiresAt ignored -> {}
      case ActionCommand.SetRefreshTokenIdleExpiresAt ignored -> {}
      case ActionCommand.SetRefreshTokenMetadata ignored -> {}
      case ActionCommand.DeleteRefreshTokenMetadata ignored -> {}
      case ActionCommand.EvictRefreshTokenMetadata ignored -> {}
      case ActionCommand.RejectInvalidSubjectToken c -> throw misplaced(c);
      case ActionCommand.SetUserById c -> throw misplaced(c);
      case ActionCommand.SetUserByConnection c -> throw misplaced(c);
      case ActionCommand.SetOrganization c -> throw misplaced(c);
      case ActionCommand.SetActor c -> throw misplaced(c);
    }
    return Optional.empty();
  }

  private void addScope(String scope) {
    // offline_access would promise a refresh token that this grant does not issue.
    if (!scope.equals("offline_access")) {
      granted = granted.with(scope);
    }
  }

  private static void setClaim(Map<String, JsonNode> claims, String name, JsonNode value) {
    if (value.isNull()) {
      claims.remove(name);
    } else {
      claims.put(name, value);
    }
  }

  private static RequestInvalid unsupported(String method) {
    return new RequestInvalid(method + " is not supported for custom token exchange");
  }

  private static ServerFault misplaced(ActionCommand command) {
    return new ServerFault(command.getClass().getSimpleName() + " is no post-login command");
  }

  /** What only the end of all Actions decides: whether multifactor authentication was asked for. */
  Optional<OAuthException> atEnd() {
    if (!multifactor) {
      return Optional.empty();
    }
    return Optional.of(
        new RequestInvalid(
            actor.isPresent()
                ? "MFA is not supported using actor_token with the requested token exchange"
                    + " profile."
                : "Multifactor authentication is not available"));
  }

  Map<String, JsonNode> metadata() {
    return metadata;
  }

  List<ActionCommand> userChanges() {
    return userChanges;
  }

  Login completed() {
    return new Login(granted, accessTokenClaims, idTokenClaims);
  }
}
