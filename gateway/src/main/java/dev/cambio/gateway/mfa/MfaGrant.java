package dev.cambio.gateway.mfa;

import dev.cambio.gateway.access.UserAccess;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.CodeWrong;
import dev.cambio.gateway.error.OAuthException.DpopProofInvalid;
import dev.cambio.gateway.error.OAuthException.MfaTokenInvalid;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.refresh.RefreshTerms;
import dev.cambio.gateway.refresh.RefreshTerms.First;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Queries;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.GrantHandler;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.user.UserResolution;
import dev.cambio.gateway.user.UserResolution.Resolved;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Completes a login that waits for a second factor (contract token-endpoint §8). What was decided
 * then is issued now; whether the user, the client and the API may still have it is asked anew.
 */
final class MfaGrant implements GrantHandler {
  private final MfaMethod method;
  private final PendingLogins logins;
  private final Authenticators authenticators;
  private final Challenges challenges;
  private final UserResolution resolution;
  private final Audiences audiences;
  private final UserAccess access;
  private final Database database;

  MfaGrant(
      MfaMethod method,
      PendingLogins logins,
      Authenticators authenticators,
      Challenges challenges,
      UserResolution resolution,
      Audiences audiences,
      UserAccess access,
      Database database) {
    this.method = method;
    this.logins = logins;
    this.authenticators = authenticators;
    this.challenges = challenges;
    this.resolution = resolution;
    this.audiences = audiences;
    this.access = access;
    this.database = database;
  }

  @Override
  public String type() {
    return method.grantType();
  }

  @Override
  public GrantRecord record(TokenRequest request) {
    return new MfaRecord(method, request);
  }

  @Override
  public TokenGrant authorize(Client client, TokenRequest request, GrantRecord record) {
    return authorize(client, request, (MfaRecord) record);
  }

  private TokenGrant authorize(Client client, TokenRequest request, MfaRecord record) {
    Multifactor.requireGrant(client, method.grantType());
    Parameters parameters = request.parameters();
    PendingLogin login = logins.require(request.tenant(), parameters.require("mfa_token"));
    if (!login.clientId().equals(client.clientId())) {
      throw new MfaTokenInvalid();
    }
    record.resumes(login);
    TokenGrant grant = resume(client, request, login, record);
    return grant.with(
        switch (method) {
          case OTP -> byOtp(login, parameters);
          case OOB -> byAnswer(login, parameters);
          case RECOVERY_CODE -> byRecoveryCode(login, parameters);
        });
  }

  private TokenGrant resume(
      Client client, TokenRequest request, PendingLogin login, MfaRecord record) {
    Tenant tenant = request.tenant();
    PendingTransaction pending = login.transaction();
    client.requireCustomTokenExchange();
    Resolved resolved = resolution.again(tenant.id(), client, login.userId(), pending.connection());
    record.resolved(resolved);
    Target target =
        audiences.resolve(
            tenant, client, pending.issuer(), Optional.of(pending.audience()), Optional.empty());
    audiences.requireNoConsent(target);
    if (!audiences
        .confirmation(client, target, request.possession())
        .equals(pending.confirmation())) {
      throw new DpopProofInvalid("The login was begun with another key");
    }
    Optional<Set<String>> permissions =
        access.enforced(tenant.id(), login.userId(), Optional.empty(), target);
    RefreshTerms refresh = refresh(client, request, pending, target, record);
    return new TokenGrant(
        tenant.id(),
        pending.issuer(),
        client,
        login.userId(),
        Optional.of(resolved.user()),
        Optional.of(resolved.connection().name()),
        Optional.empty(),
        pending.ip(),
        target,
        pending.requested(),
        pending
            .granted()
            .filter(
                scope ->
                    !isWithdrawn(scope, pending, permissions)
                        && (!scope.equals(Audiences.OFFLINE_ACCESS)
                            || !(refresh instanceof RefreshTerms.None))),
        permissions,
        Optional.empty(),
        pending.issuedTokenType(),
        pending.grantType(),
        pending.confirmation(),
        pending.accessTokenClaims(),
        pending.idTokenClaims(),
        Map.of(),
        refresh);
  }

  /** A refresh token comes of it as of any exchange, if client and API still allow that. */
  private static RefreshTerms refresh(
      Client client,
      TokenRequest request,
      PendingTransaction pending,
      Target target,
      MfaRecord record) {
    return pending
        .refreshToken()
        .filter(changes -> target.allowsOfflineAccess())
        .map(changes -> First.of(client, request.possession().key(), record.caller(), changes))
        .orElse(RefreshTerms.NONE);
  }

  /** A permission that the user had when the login began, and has no more. */
  private static boolean isWithdrawn(
      String scope, PendingTransaction pending, Optional<Set<String>> permissions) {
    return pending.permissions().map(held -> held.contains(scope)).orElse(false)
        && permissions.map(held -> !held.contains(scope)).orElse(false);
  }

  private Map<String, String> byOtp(PendingLogin login, Parameters parameters) {
    String code = parameters.require("otp");
    return prove(
        login,
        queries -> {
          if (!authenticators.proveOtp(queries, login, code)) {
            throw new CodeWrong("Invalid otp_code.");
          }
          return Map.of();
        });
  }

  private Map<String, String> byRecoveryCode(PendingLogin login, Parameters parameters) {
    String code = parameters.require("recovery_code");
    return prove(
        login,
        queries ->
            authenticators
                .replaceRecoveryCode(queries, login, code)
                .map(next -> Map.of("recovery_code", next))
                .orElseThrow(() -> new CodeWrong("Invalid recovery_code.")));
  }

  private Map<String, String> byAnswer(PendingLogin login, Parameters parameters) {
    String oobCode = parameters.require("oob_code");
    logins.poll(login);
    Optional<String> binding =
        challenges.prompts(login, oobCode)
            ? Optional.of(parameters.require("binding_code"))
            : Optional.empty();
    if (challenges.isRefused(login, oobCode)) {
      logins.abandon(login);
      throw new CodeWrong("The user has refused the login.");
    }
    Function<Queries, Map<String, String>> proof =
        queries -> {
          String id = challenges.prove(queries, login, oobCode, binding);
          if (!authenticators.counts(queries, login, id)) {
            throw new CodeWrong("Invalid oob_code.");
          }
          authenticators.activate(queries, login, id);
          return Map.of();
        };
    // Without a code there is nothing to guess.
    return binding.isPresent() ? prove(login, proof) : complete(login, proof);
  }

  private Map<String, String> prove(
      PendingLogin login, Function<Queries, Map<String, String>> proof) {
    logins.takeAttempt(login);
    return complete(login, proof);
  }

  /** The code and the login are used up together, or neither is. */
  private Map<String, String> complete(
      PendingLogin login, Function<Queries, Map<String, String>> proof) {
    return database.transaction(
        queries -> {
          Map<String, String> members = proof.apply(queries);
          logins.complete(queries, login);
          return members;
        });
  }
}
