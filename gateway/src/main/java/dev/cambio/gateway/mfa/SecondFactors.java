package dev.cambio.gateway.mfa;

import dev.cambio.gateway.access.UserAccess;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.client.ClientAuthenticator;
import dev.cambio.gateway.client.TrustedEdge;
import dev.cambio.gateway.log.Notifications;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.token.GrantHandler;
import dev.cambio.gateway.user.UserResolution;
import dev.cambio.gateway.user.Users;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The parts of this package, wired.
 *
 * @param multifactor puts logins off
 * @param grants complete them
 * @param endpoint enrols users, and asks them
 * @param challenges what users were asked out of band
 */
public record SecondFactors(
    Multifactor multifactor,
    List<GrantHandler> grants,
    MfaEndpoint endpoint,
    Challenges challenges) {

  /** The parts. */
  public static SecondFactors of(
      Database database,
      SecretSeal seal,
      Notifications notifications,
      Tenants tenants,
      ClientAuthenticator clients,
      TrustedEdge edge,
      Users users,
      UserResolution resolution,
      Audiences audiences,
      UserAccess access,
      Clock clock) {
    Codes codes = new Codes(new SecureRandom());
    PendingLogins logins = new PendingLogins(database, seal, codes, clock);
    Authenticators authenticators = new Authenticators(database, seal, codes, clock);
    Challenges challenges = new Challenges(database, notifications, codes, clock);
    List<GrantHandler> grants =
        Arrays.stream(MfaMethod.values())
            .<GrantHandler>map(
                method ->
                    new MfaGrant(
                        method,
                        logins,
                        authenticators,
                        challenges,
                        resolution,
                        audiences,
                        access,
                        database))
            .toList();
    MfaEndpoint endpoint =
        new MfaEndpoint(tenants, clients, edge, users, logins, authenticators, challenges, codes);
    return new SecondFactors(new Multifactor(logins), grants, endpoint, challenges);
  }

  /**
   * What hears users' answers from elsewhere.
   *
   * @param executor starts a virtual thread per answer
   */
  public PushAnswers answers(Executor executor) {
    return new PushAnswers(challenges, executor);
  }
}
