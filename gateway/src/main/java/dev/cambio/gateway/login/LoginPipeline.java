package dev.cambio.gateway.login;

import dev.cambio.gateway.access.Role;
import dev.cambio.gateway.access.UserAccess;
import dev.cambio.gateway.action.ActionClient;
import dev.cambio.gateway.action.ActionRuns;
import dev.cambio.gateway.action.Actions;
import dev.cambio.gateway.action.BoundAction;
import dev.cambio.gateway.action.TriggerRun;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.Overloaded;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.error.OAuthException.UserBlocked;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.gateway.user.MetadataChanges;
import dev.cambio.gateway.user.User;
import dev.cambio.gateway.user.Users;
import dev.cambio.model.action.Trigger;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** Completes a login: runs the bound post-login Actions in order and stores what they changed. */
public final class LoginPipeline {
  private final Actions actions;
  private final ActionClient client;
  private final Users users;
  private final UserAccess access;
  private final Duration budget;
  private final Clock clock;

  public LoginPipeline(
      Actions actions,
      ActionClient client,
      Users users,
      UserAccess access,
      Duration budget,
      Clock clock) {
    this.actions = actions;
    this.client = client;
    this.users = users;
    this.access = access;
    this.budget = budget;
    this.clock = clock;
  }

  /**
   * Runs the pipeline or throws the refusal.
   *
   * @param runs is told of every run
   */
  public Login complete(LoginTransaction login, ActionRuns runs) {
    LoginState state = LoginState.of(login);
    Optional<OAuthException> refusal = runAll(login, state, runs);
    // Whoever tries again has it all done again, so that nothing of it is done halfway.
    refusal.filter(Overloaded.class::isInstance).ifPresent(LoginPipeline::refuse);
    // What was asked of the user's metadata is kept even when the login is refused (§7.1 deny).
    store(login.tenant().id(), state);
    refusal.or(state::atEnd).ifPresent(LoginPipeline::refuse);
    return state.completed();
  }

  private static void refuse(OAuthException refusal) {
    throw refusal;
  }

  private Optional<OAuthException> runAll(
      LoginTransaction login, LoginState state, ActionRuns runs) {
    String tenantId = login.tenant().id();
    List<BoundAction> bound = actions.bound(tenantId, Trigger.POST_LOGIN);
    if (bound.isEmpty()) {
      return Optional.empty();
    }
    TriggerRun run =
        TriggerRun.begin(
            client, tenantId, Trigger.POST_LOGIN, login.sensitive(), budget, runs, clock);
    List<Role> roles = roles(login, state.user());
    for (BoundAction action : bound) {
      Optional<OAuthException> refusal =
          state.apply(
              run.run(action, PostLoginEvent.of(login, state.user(), roles, state.metadata())));
      if (refusal.isPresent()) {
        return refusal;
      }
      Optional<String> primary = state.takePrimaryUser();
      if (primary.isPresent()) {
        state.user(primaryUser(login, primary.get()));
        roles = roles(login, state.user());
      }
    }
    return Optional.empty();
  }

  private List<Role> roles(LoginTransaction login, User user) {
    return access.roles(
        login.tenant().id(), user.userId(), login.organization().map(Organization::id));
  }

  /**
   * Whom an Action named as the one who logs in: somebody who owns the identity that the login came
   * by, as after linking it to their account.
   */
  private User primaryUser(LoginTransaction login, String userId) {
    String connection = login.connection().name();
    Optional<String> identity = login.user().identityAt(connection);
    User user =
        Optional.of(userId)
            .filter(StorableText::is)
            .flatMap(id -> users.find(login.tenant().id(), id))
            .filter(found -> identity.map(id -> found.hasIdentity(connection, id)).orElse(false))
            .orElseThrow(
                () ->
                    new RequestInvalid(
                        "The primary user could not be set.",
                        "api.authentication.setPrimaryUser: the user is unknown or does not have"
                            + " the identity of this login"));
    if (user.blocked()) {
      throw new UserBlocked();
    }
    return user;
  }

  private void store(String tenantId, LoginState state) {
    MetadataChanges changes = MetadataChanges.of(state.userChanges());
    changes
        .complaint()
        .ifPresent(
            complaint -> {
              throw new ServerFault("post-login Actions set " + complaint);
            });
    users.mergeMetadata(
        tenantId, state.user().userId(), changes, clock.instant().atOffset(ZoneOffset.UTC));
  }
}
