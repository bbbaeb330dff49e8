package dev.cambio.gateway.login;

import dev.cambio.gateway.access.UserAccess;
import dev.cambio.gateway.action.ActionClient;
import dev.cambio.gateway.action.ActionRuns;
import dev.cambio.gateway.action.Actions;
import dev.cambio.gateway.action.BoundAction;
import dev.cambio.gateway.action.TriggerRun;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.user.MetadataChanges;
import dev.cambio.gateway.user.Users;
import dev.cambio.model.action.ActionResult;
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
    String tenantId = login.tenant().id();
    LoginState state =
        new LoginState(login.granted(), login.actor(), login.metadata(), login.offlineAccess());
    List<BoundAction> bound = actions.bound(tenantId, Trigger.POST_LOGIN);
    if (bound.isEmpty()) {
      return state.completed();
    }
    TriggerRun run =
        TriggerRun.begin(
            client, tenantId, Trigger.POST_LOGIN, login.sensitive(), budget, runs, clock);
    Optional<OAuthException> refusal = runAll(login, state, bound, run);
    // What was asked of the user's metadata is kept even when the login is refused (§7.1 deny).
    store(tenantId, login.user().userId(), MetadataChanges.of(state.userChanges()));
    refusal
        .or(state::atEnd)
        .ifPresent(
            refused -> {
              throw refused;
            });
    return state.completed();
  }

  private Optional<OAuthException> runAll(
      LoginTransaction login, LoginState state, List<BoundAction> bound, TriggerRun run) {
    List<String> roles =
        access.roles(
            login.tenant().id(), login.user().userId(), login.organization().map(Organization::id));
    for (BoundAction action : bound) {
      ActionResult result = run.run(action, PostLoginEvent.of(login, roles, state.metadata()));
      Optional<OAuthException> refusal = state.apply(result);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private void store(String tenantId, String userId, MetadataChanges changes) {
    changes
        .complaint()
        .ifPresent(
            complaint -> {
              throw new ServerFault("post-login Actions set " + complaint);
            });
    users.mergeMetadata(tenantId, userId, changes, clock.instant().atOffset(ZoneOffset.UTC));
  }
}
