package dev.cambio.gateway.login;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.user.MetadataChanges;
import dev.cambio.gateway.user.User;
import dev.cambio.model.action.ActionResult;
import dev.cambio.model.oauth.Actor;
import java.util.Map;
import java.util.Optional;

/** What one post-login Action, were it the only one, would make of a login. */
public sealed interface LoginDecision {

  /** The login is refused. */
  record Refused(OAuthException refusal) implements LoginDecision {}

  /**
   * The login is completed.
   *
   * @param metadata changes of the user's
   */
  record Completed(Login login, MetadataChanges metadata) implements LoginDecision {}

  /**
   * Decides. A pure function of what the Action was told and did.
   *
   * @param user who logs in
   * @param inOrganization whether the login is for an organization
   * @param metadata of the transaction so far
   */
  static LoginDecision of(
      ActionResult result,
      User user,
      Optional<Actor> actor,
      boolean inOrganization,
      Map<String, JsonNode> metadata) {
    LoginState state =
        new LoginState(user, actor, inOrganization, false, metadata, OfflineAccess.NONE);
    Optional<OAuthException> refusal = state.apply(result).or(state::atEnd);
    MetadataChanges changes = MetadataChanges.of(state.userChanges());
    return refusal
        .or(() -> changes.complaint().map(text -> new ServerFault("the Action set " + text)))
        .<LoginDecision>map(Refused::new)
        .orElseGet(() -> new Completed(state.completed(), changes));
  }
}
