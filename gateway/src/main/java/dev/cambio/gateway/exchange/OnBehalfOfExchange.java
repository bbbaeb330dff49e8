package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.access.UserAccess;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.audience.Confirmation;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.AudienceUnknown;
import dev.cambio.gateway.error.OAuthException.ClientNotAllowed;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.error.OAuthException.ScopesNotHeld;
import dev.cambio.gateway.error.OAuthException.SubjectTokenInvalid;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.login.Login;
import dev.cambio.gateway.login.LoginPipeline;
import dev.cambio.gateway.login.LoginTransaction;
import dev.cambio.gateway.login.OfflineAccess;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.organization.Organizations;
import dev.cambio.gateway.refresh.RefreshTerms;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.OrganizationClaims;
import dev.cambio.gateway.token.RequestEvent;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.user.UserResolution;
import dev.cambio.gateway.user.UserResolution.Resolved;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.ScopeSet;
import dev.cambio.model.oauth.TokenTypes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An API that was called with a token of ours gets one to call another API, for the same user
 * (contract token-endpoint §11.8). No profile and no Action of one takes part; who acts is written
 * down hop by hop.
 */
public final class OnBehalfOfExchange {
  private final OwnTokens ownTokens;
  private final Audiences audiences;
  private final Delegation delegation;
  private final UserResolution resolution;
  private final Organizations organizations;
  private final UserAccess access;
  private final LoginPipeline loginPipeline;

  public OnBehalfOfExchange(
      OwnTokens ownTokens,
      Audiences audiences,
      Delegation delegation,
      UserResolution resolution,
      Organizations organizations,
      UserAccess access,
      LoginPipeline loginPipeline) {
    this.ownTokens = ownTokens;
    this.audiences = audiences;
    this.delegation = delegation;
    this.resolution = resolution;
    this.organizations = organizations;
    this.access = access;
    this.loginPipeline = loginPipeline;
  }

  TokenGrant authorize(
      String protocol, Client client, TokenRequest request, ExchangeRecord record) {
    Tenant tenant = request.tenant();
    String ownApi = ownApi(tenant, client);
    String subjectToken = request.parameters().require("subject_token");
    ScopeSet requested = TokenExchangeRequest.scope(request.parameters());
    ResourceServer api = target(client, request);
    record.audience(api.audience());
    Optional<Confirmation> confirmation = audiences.confirmation(client, api, request.possession());
    ObjectNode claims = subjectClaims(tenant, subjectToken, ownApi);
    Actor actor = delegation.onBehalfOf(tenant, claims, client.clientId());
    record.actor(Optional.of(actor));
    Resolved resolved = resolution.ofToken(tenant.id(), claims.path("sub").asText());
    Optional<Organization> organization = organization(tenant, claims, resolved);
    organization.ifPresent(record::organization);
    record.resolved(resolved);
    audiences.requireNoConsent(api);
    Optional<Set<String>> permissions =
        access.enforced(
            tenant.id(), resolved.user().userId(), organization.map(Organization::id), api);
    ScopeSet granted = scopes(tenant, client, api, requested, permissions);
    LoginTransaction login =
        new LoginTransaction(
            tenant,
            client,
            protocol,
            RequestEvent.of(request.inbound(), request.parameters(), record.ip()),
            api,
            requested,
            resolved.user(),
            resolved.connection(),
            organization,
            Optional.of(TokenTypes.ACCESS_TOKEN),
            Optional.empty(),
            Optional.of(actor),
            Map.of(),
            false,
            List.of(subjectToken),
            OfflineAccess.NONE);
    Login completed = loginPipeline.complete(login, record.runs());
    requireSameUser(login, completed);
    return new TokenGrant(
        tenant.id(),
        request.issuer(),
        client,
        resolved.user().userId(),
        Optional.of(resolved.user()),
        Optional.of(resolved.connection().name()),
        organization.map(of -> OrganizationClaims.of(tenant, of)),
        record.ip(),
        api,
        requested,
        Audiences.ofApi(completed.scopes().appliedTo(granted)),
        permissions,
        Optional.of(actor),
        Optional.of(TokenTypes.ACCESS_TOKEN),
        Optional.empty(),
        confirmation,
        completed.accessTokenClaims(),
        Map.of(),
        Map.of(),
        RefreshTerms.NONE);
  }

  /** The subject token says whose the new token is. */
  private static void requireSameUser(LoginTransaction login, Login completed) {
    if (!completed.user().userId().equals(login.user().userId())) {
      throw new RequestInvalid(
          "api.authentication.setPrimaryUser is not supported for On-Behalf-Of");
    }
  }

  /** The API that the client is, whose tokens it may exchange. */
  private String ownApi(Tenant tenant, Client client) {
    String identifier = client.requireOnBehalfOf();
    if (!audiences.exists(tenant.id(), identifier)) {
      throw new ClientNotAllowed("The API of the client does not exist");
    }
    return identifier;
  }

  private ResourceServer target(Client client, TokenRequest request) {
    String audience = request.parameters().require("audience");
    return audiences.resolve(
                request.tenant(), client, request.issuer(), Optional.of(audience), Optional.empty())
            instanceof ResourceServer api
        ? api
        : unknown(audience);
  }

  private static ResourceServer unknown(String audience) {
    throw new AudienceUnknown(audience);
  }

  /** A token for another API was not given to this client, so it is not its to exchange. */
  private ObjectNode subjectClaims(Tenant tenant, String subjectToken, String ownApi) {
    try {
      ObjectNode claims = ownTokens.require(tenant, subjectToken);
      if (!OwnTokens.isAccessToken(claims) || !OwnTokens.isFor(claims, ownApi)) {
        throw new Invalid("the token is no access token for the API of the client");
      }
      return claims;
    } catch (Invalid e) {
      throw new SubjectTokenInvalid(e.reason());
    }
  }

  /** The organization that the subject token is for, to which the user must still belong. */
  private Optional<Organization> organization(Tenant tenant, ObjectNode claims, Resolved resolved) {
    return Optional.ofNullable(claims.path("org_id").textValue())
        .map(id -> organizations.requireStillMember(tenant, id, resolved.user().userId()));
  }

  /** What is asked for of what the user may do, or all of it; no scope of OpenID Connect. */
  private ScopeSet scopes(
      Tenant tenant,
      Client client,
      ResourceServer api,
      ScopeSet requested,
      Optional<Set<String>> permissions) {
    ScopeSet wanted = requested.isEmpty() ? new ScopeSet(api.scopes()) : Audiences.ofApi(requested);
    ScopeSet granted = audiences.grant(tenant, client, api, wanted, permissions);
    if (granted.isEmpty() && !Audiences.ofApi(requested).isEmpty()) {
      throw new ScopesNotHeld();
    }
    return granted;
  }
}
