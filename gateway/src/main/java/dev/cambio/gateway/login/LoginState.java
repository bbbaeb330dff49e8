package dev.cambio.gateway.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.PlatformFault;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.LoginDenied;
import dev.cambio.gateway.error.OAuthException.RefreshTokenRevoked;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.error.OAuthException.ValidationFailed;
import dev.cambio.gateway.refresh.RefreshTokenChanges;
import dev.cambio.gateway.user.User;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.oauth.Actor;
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
  private final boolean inOrganization;
  private final Map<String, JsonNode> metadata;
  private final OfflineAccess offlineAccess;
  private final Map<String, JsonNode> accessTokenClaims = new LinkedHashMap<>();
  private final Map<String, JsonNode> idTokenClaims = new LinkedHashMap<>();
  private final List<ActionCommand> userChanges = new ArrayList<>();
  private final List<ScopeChanges.Change> scopeChanges = new ArrayList<>();
  private final List<ActionCommand> refreshTokenChanges = new ArrayList<>();
  private final boolean demanded;
  private User user;
  private Optional<String> primaryUser = Optional.empty();
  private boolean primaryUserSet;
  private boolean multifactor;

  /**
   * A state.
   *
   * @param inOrganization whether the login is for an organization
   * @param demanded whether the tenant wants a second factor whatever Actions say
   */
  LoginState(
      User user,
      Optional<Actor> actor,
      boolean inOrganization,
      boolean demanded,
      Map<String, JsonNode> metadata,
      OfflineAccess offlineAccess) {
    this.user = user;
    this.actor = actor;
    this.inOrganization = inOrganization;
    this.demanded = demanded;
    this.metadata = new LinkedHashMap<>(metadata);
    this.offlineAccess = offlineAccess;
  }

  static LoginState of(LoginTransaction login) {
    return new LoginState(
        login.user(),
        login.actor(),
        login.organization().isPresent(),
        login.multifactor(),
        login.metadata(),
        login.offlineAccess());
  }

  /**
   * Merges one Action's result; a refusal ends the login, and later Actions do not run. The first
   * one counts, but to revoke the refresh token is more than to refuse.
   */
  Optional<OAuthException> apply(ActionResult result) {
    Optional<OAuthException> fault = PlatformFault.of(result);
    if (fault.isPresent()) {
      return fault;
    }
    int before = userChanges.size();
    Optional<OAuthException> refusal = Optional.empty();
    for (ActionCommand command : result.commands()) {
      Optional<OAuthException> refused = apply(command);
      if (refusal.isEmpty() || refused.orElse(null) instanceof RefreshTokenRevoked) {
        refusal = refused;
      }
    }
    if (primaryUser.isPresent()) {
      // What the same Action set was meant for the user who is no more (§7.1 setPrimaryUser).
      userChanges
          .subList(before, userChanges.size())
          .removeIf(ActionCommand.SetUserMetadata.class::isInstance);
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
      case OUT_OF_MEMORY, LIMIT_EXCEEDED, CRASHED, REFUSED ->
          Optional.of(new LoginDenied("Action execution failed.", message));
      case LOST, STARVED, OVERLOADED, UNAVAILABLE, CODE_UNAVAILABLE -> PlatformFault.of(result);
    };
  }

  private Optional<OAuthException> apply(ActionCommand command) {
    switch (command) {
      case ActionCommand.SetAccessTokenClaim(String name, JsonNode value) ->
          setClaim(accessTokenClaims, name, value);
      case ActionCommand.SetIdTokenClaim(String name, JsonNode value) ->
          setClaim(idTokenClaims, name, value);
      case ActionCommand.AddScope(String scope) -> addScope(scope);
      case ActionCommand.RemoveScope(String scope) ->
          scopeChanges.add(new ScopeChanges.Change(scope, false));
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
      case ActionCommand.SetPrimaryUser(String userId) -> {
        return setPrimaryUser(userId);
      }
      case ActionCommand.RevokeRefreshToken(String reason) -> {
        return Optional.of(revoked(reason, command));
      }
      case ActionCommand.SetRefreshTokenExpiresAt change -> refreshTokenChanges.add(change);
      case ActionCommand.SetRefreshTokenIdleExpiresAt change -> refreshTokenChanges.add(change);
      case ActionCommand.SetRefreshTokenMetadata change -> refreshTokenChanges.add(change);
      case ActionCommand.DeleteRefreshTokenMetadata change -> refreshTokenChanges.add(change);
      case ActionCommand.EvictRefreshTokenMetadata change -> refreshTokenChanges.add(change);
      case ActionCommand.RejectInvalidSubjectToken c -> throw misplaced(c);
      case ActionCommand.SetUserById c -> throw misplaced(c);
      case ActionCommand.SetUserByConnection c -> throw misplaced(c);
      case ActionCommand.SetOrganization c -> throw misplaced(c);
      case ActionCommand.SetActor c -> throw misplaced(c);
    }
    return Optional.empty();
  }

  private void addScope(String scope) {
    // offline_access promises a refresh token.
    if (!scope.equals(Audiences.OFFLINE_ACCESS) || offlineAccess.allowed()) {
      scopeChanges.add(new ScopeChanges.Change(scope, true));
    }
  }

  private Optional<OAuthException> setPrimaryUser(String userId) {
    if (primaryUserSet) {
      return Optional.of(
          new LoginDenied(
              "api.authentication.setPrimaryUser may be called only once in a transaction"));
    }
    primaryUserSet = true;
    primaryUser = Optional.of(userId);
    return Optional.empty();
  }

  private static void setClaim(Map<String, JsonNode> claims, String name, JsonNode value) {
    if (value.isNull()) {
      claims.remove(name);
    } else {
      claims.put(name, value);
    }
  }

  private OAuthException revoked(String reason, ActionCommand command) {
    return offlineAccess.presented().isPresent()
        ? new RefreshTokenRevoked(reason)
        : misplaced(command);
  }

  private RequestInvalid unsupported(String method) {
    String flow =
        offlineAccess.presented().isPresent() ? "refresh token exchange" : "custom token exchange";
    return new RequestInvalid(method + " is not supported for " + flow);
  }

  private static ServerFault misplaced(ActionCommand command) {
    return new ServerFault(command.getClass().getSimpleName() + " is no post-login command");
  }

  /**
   * What only the end of all Actions decides: that a second factor is asked for where none can be
   * proved (contract token-endpoint §4.5, §6, §11.6).
   */
  Optional<OAuthException> atEnd() {
    if (!needsMultifactor()) {
      return Optional.empty();
    }
    if (offlineAccess.presented().isPresent()) {
      return Optional.of(unsupported("api.multifactor.enable"));
    }
    if (actor.isPresent()) {
      return Optional.of(
          new RequestInvalid(
              "MFA is not supported using actor_token with the requested token exchange profile."));
    }
    return inOrganization
        ? Optional.of(
            new RequestInvalid(
                "MFA is not supported for organizations in a custom token exchange."))
        : Optional.empty();
  }

  private boolean needsMultifactor() {
    return demanded || multifactor;
  }

  Map<String, JsonNode> metadata() {
    return metadata;
  }

  List<ActionCommand> userChanges() {
    return userChanges;
  }

  /** Whom the last Action named as primary user; the next call knows nothing of it. */
  Optional<String> takePrimaryUser() {
    Optional<String> taken = primaryUser;
    primaryUser = Optional.empty();
    return taken;
  }

  User user() {
    return user;
  }

  /** The login is another user's from now on. */
  void user(User primary) {
    user = primary;
  }

  Login completed() {
    return new Login(
        user,
        new ScopeChanges(scopeChanges),
        accessTokenClaims,
        idTokenClaims,
        needsMultifactor(),
        new RefreshTokenChanges(refreshTokenChanges));
  }
}
