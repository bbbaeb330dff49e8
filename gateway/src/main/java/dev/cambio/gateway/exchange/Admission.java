package dev.cambio.gateway.exchange;

import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.exchange.ExchangeDecision.Accepted;
import dev.cambio.gateway.login.Login;
import dev.cambio.gateway.login.LoginTransaction;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.organization.Organizations;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.user.User;
import dev.cambio.gateway.user.UserResolution;
import dev.cambio.gateway.user.UserResolution.Resolved;
import dev.cambio.gateway.user.Users;
import dev.cambio.model.action.ActionCommand.SetUserByConnection;
import dev.cambio.model.action.ActionCommand.SetUserById;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Lets the user in whom an Action has set: finds or makes them, sees to their membership in the
 * organization, and counts the login.
 */
public final class Admission {
  private final UserResolution resolution;
  private final Users users;
  private final Organizations organizations;
  private final Clock clock;

  public Admission(
      UserResolution resolution, Users users, Organizations organizations, Clock clock) {
    this.resolution = resolution;
    this.users = users;
    this.organizations = organizations;
    this.clock = clock;
  }

  /** The user of {@code setUserById} or {@code setUserByConnection} (contract §5). */
  Resolved resolve(Tenant tenant, Client client, Accepted accepted) {
    return switch (accepted.user()) {
      case SetUserById(String userId) -> resolution.byId(tenant.id(), client, userId);
      case SetUserByConnection command -> resolution.byConnection(tenant.id(), client, command);
      default -> throw new IllegalStateException("no setUser command");
    };
  }

  /** Refuses who does not belong to the organization, or has them join where that is allowed. */
  void requireMembership(
      Tenant tenant,
      Optional<Organization> organization,
      Resolved resolved,
      Accepted accepted,
      ExchangeRecord record) {
    if (organization.isEmpty()) {
      return;
    }
    boolean mayJoin = accepted.user() instanceof SetUserByConnection;
    boolean joined =
        organizations.requireMember(
            tenant,
            organization.get(),
            resolved.user().userId(),
            resolved.connection(),
            mayJoin,
            now());
    if (joined) {
      record.memberAdded();
    }
  }

  /** Counts the login and stores what the Action set (contract §3 step 17). */
  User recordLogin(Tenant tenant, User user, Accepted accepted, String ip) {
    OffsetDateTime now = now();
    users.mergeMetadata(tenant.id(), user.userId(), accepted.metadata(), now);
    return users
        .recordLogin(tenant.id(), user.userId(), now, ip)
        .orElseThrow(() -> resolution.lost(tenant.id(), user.userId()));
  }

  /** An Action may have named another user, who has joined nothing by this login. */
  void requireStillMember(LoginTransaction login, Login completed) {
    if (!completed.user().userId().equals(login.user().userId())) {
      login
          .organization()
          .ifPresent(
              organization ->
                  organizations.requireMember(
                      login.tenant(),
                      organization,
                      completed.user().userId(),
                      login.connection(),
                      false,
                      now()));
    }
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
