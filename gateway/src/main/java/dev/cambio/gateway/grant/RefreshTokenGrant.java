package dev.cambio.gateway.grant;

import dev.cambio.gateway.access.UserAccess;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.audience.Confirmation;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.audience.Userinfo;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.ClientNotAllowed;
import dev.cambio.gateway.error.OAuthException.RefreshTokenInvalid;
import dev.cambio.gateway.error.OAuthException.RefreshTokenRevoked;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.login.Login;
import dev.cambio.gateway.login.LoginPipeline;
import dev.cambio.gateway.login.LoginTransaction;
import dev.cambio.gateway.login.OfflineAccess;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.organization.Organizations;
import dev.cambio.gateway.refresh.RefreshPolicy;
import dev.cambio.gateway.refresh.RefreshTerms.Next;
import dev.cambio.gateway.refresh.RefreshToken;
import dev.cambio.gateway.refresh.RefreshTokens;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.GrantHandler;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.LoginEntry;
import dev.cambio.gateway.token.OrganizationClaims;
import dev.cambio.gateway.token.RequestEvent;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.user.UserResolution;
import dev.cambio.gateway.user.UserResolution.Resolved;
import dev.cambio.model.oauth.GrantTypes;
import dev.cambio.model.oauth.ScopeSet;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The exchange of a refresh token (RFC 6749 §6, contract token-endpoint §7.7, §11.6). All that the
 * first exchange rested on is looked at again; only the Action that set the user is not.
 */
public final class RefreshTokenGrant implements GrantHandler {
  private static final String PROTOCOL = "oauth2-refresh-token";

  private final RefreshTokens tokens;
  private final Audiences audiences;
  private final UserResolution resolution;
  private final Organizations organizations;
  private final UserAccess access;
  private final LoginPipeline loginPipeline;
  private final Clock clock;

  public RefreshTokenGrant(
      RefreshTokens tokens,
      Audiences audiences,
      UserResolution resolution,
      Organizations organizations,
      UserAccess access,
      LoginPipeline loginPipeline,
      Clock clock) {
    this.tokens = tokens;
    this.audiences = audiences;
    this.resolution = resolution;
    this.organizations = organizations;
    this.access = access;
    this.loginPipeline = loginPipeline;
    this.clock = clock;
  }

  @Override
  public String type() {
    return GrantTypes.REFRESH_TOKEN;
  }

  @Override
  public GrantRecord record(TokenRequest request) {
    return new RefreshTokenRecord(request);
  }

  @Override
  public TokenGrant authorize(Client client, TokenRequest request, GrantRecord record) {
    return authorize(client, request, ((RefreshTokenRecord) record).entry());
  }

  private TokenGrant authorize(Client client, TokenRequest request, LoginEntry entry) {
    Tenant tenant = request.tenant();
    RefreshPolicy policy =
        RefreshPolicy.of(client)
            .orElseThrow(
                () ->
                    new ClientNotAllowed("Grant type 'refresh_token' not allowed for the client."));
    RefreshToken token = presented(client, request, policy);
    Target target = target(tenant, client, request, token);
    entry.audience(target.audience());
    Optional<Confirmation> confirmation =
        audiences.confirmation(client, target, request.possession());
    Resolved resolved =
        resolution.again(
            tenant.id(), client, token.userId(), token.connectionId(), token.connection());
    entry.resolved(resolved);
    Optional<Organization> organization = organization(tenant, client, token, resolved);
    organization.ifPresent(entry::organization);
    ScopeSet requested = requested(request.parameters(), token);
    Optional<Set<String>> permissions =
        access.enforced(tenant.id(), token.userId(), token.organizationId(), target);
    OfflineAccess offlineAccess = OfflineAccess.exchanging(token.toEvent());
    ScopeSet granted =
        offlineAccess.grant(
            requested, audiences.grant(tenant, client, target, requested, permissions));
    requireUse(target, granted);
    LoginTransaction login =
        new LoginTransaction(
            tenant,
            client,
            PROTOCOL,
            RequestEvent.of(request.inbound(), request.parameters(), entry.ip()),
            target,
            requested,
            resolved.user(),
            resolved.connection(),
            organization,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            false,
            List.of(request.parameters().require("refresh_token")),
            offlineAccess);
    Login completed = complete(login, token, entry);
    return new TokenGrant(
        tenant.id(),
        request.issuer(),
        client,
        token.userId(),
        Optional.of(resolved.user()),
        Optional.of(resolved.connection().name()),
        organization.map(of -> OrganizationClaims.of(tenant, of)),
        entry.ip(),
        target,
        requested,
        completed.scopes().appliedTo(granted),
        permissions,
        Optional.empty(),
        Optional.empty(),
        Optional.of(GrantTypes.REFRESH_TOKEN),
        confirmation,
        completed.accessTokenClaims(),
        completed.idTokenClaims(),
        Map.of(),
        new Next(token, policy, entry.caller(), completed.refreshToken()));
  }

  /** The token, if it is this client's and can be exchanged; reuse revokes its family. */
  private RefreshToken presented(Client client, TokenRequest request, RefreshPolicy policy) {
    String tenantId = request.tenant().id();
    RefreshToken token =
        tokens
            .find(tenantId, request.parameters().require("refresh_token"))
            .orElseThrow(() -> new RefreshTokenInvalid("the refresh token is unknown"));
    if (!token.clientId().equals(client.clientId())) {
      throw new RefreshTokenInvalid("the refresh token was issued to another client");
    }
    Optional<String> key = request.possession().key();
    if (token.proofKey().isPresent() && !token.proofKey().equals(key)) {
      throw new RefreshTokenInvalid("the refresh token is bound to a key that is not proved");
    }
    Instant now = clock.instant();
    if (token.isSpent(policy.leeway(), now)) {
      tokens
          .reused(tenantId, token, policy.leeway())
          .ifPresent(
              reuse -> {
                throw reuse;
              });
    }
    if (!token.isAlive(now)) {
      throw new RefreshTokenInvalid("the refresh token has been revoked or has expired");
    }
    return token;
  }

  private Target target(Tenant tenant, Client client, TokenRequest request, RefreshToken token) {
    String audience = token.audience().orElse(request.issuer() + "userinfo");
    if (!request.parameters().find("audience").map(audience::equals).orElse(true)) {
      throw new RequestInvalid("The refresh token is for another audience");
    }
    Target target =
        audiences.resolve(
            tenant, client, request.issuer(), Optional.of(audience), Optional.empty());
    audiences.requireNoConsent(target);
    if (!target.allowsOfflineAccess()) {
      throw new RefreshTokenInvalid("the API does not allow offline access any more");
    }
    return target;
  }

  /** The organization of the login, to which the user must still belong. */
  private Optional<Organization> organization(
      Tenant tenant, Client client, RefreshToken token, Resolved resolved) {
    Optional<Organization> organization =
        Organizations.agreed(
            client,
            organizations.resolve(tenant, client, token.organizationId()),
            Optional.empty());
    organization.ifPresent(
        of ->
            organizations.requireMember(
                tenant,
                of,
                token.userId(),
                resolved.connection(),
                false,
                clock.instant().atOffset(ZoneOffset.UTC)));
    return organization;
  }

  /** Those of the first exchange, or fewer; what is beyond them is dropped (contract §7.2). */
  private static ScopeSet requested(Parameters parameters, RefreshToken token) {
    try {
      return parameters
          .find("scope")
          .map(ScopeSet::parse)
          .map(fewer -> token.scope().filter(fewer::contains))
          .orElse(token.scope());
    } catch (IllegalArgumentException e) {
      throw new RequestInvalid(String.valueOf(e.getMessage()));
    }
  }

  private static void requireUse(Target target, ScopeSet granted) {
    if (target instanceof Userinfo && !granted.contains("openid")) {
      throw new RequestInvalid("Either an audience or the scope openid is required");
    }
  }

  private Login complete(LoginTransaction login, RefreshToken token, LoginEntry entry) {
    try {
      Login completed = loginPipeline.complete(login, entry.runs());
      requireSameUser(login, completed);
      return completed;
    } catch (RefreshTokenRevoked refusal) {
      tokens.revoke(login.tenant().id(), token.familyId());
      throw refusal;
    }
  }

  /** The refresh token says whose the new tokens are. */
  private static void requireSameUser(LoginTransaction login, Login completed) {
    if (!completed.user().userId().equals(login.user().userId())) {
      throw new RequestInvalid(
          "api.authentication.setPrimaryUser is not supported for refresh token exchange");
    }
  }
}
