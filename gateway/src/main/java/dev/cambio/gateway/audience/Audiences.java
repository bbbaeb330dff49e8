package dev.cambio.gateway.audience;

import dev.cambio.gateway.audience.Confirmation.Method;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.AudienceUnknown;
import dev.cambio.gateway.error.OAuthException.ClientNotAllowed;
import dev.cambio.gateway.error.OAuthException.ClientNotGranted;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.model.oauth.ScopeSet;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.Optional;
import java.util.Set;

/** Finds the API a request is for and what of its scopes the client may be granted. */
public final class Audiences {
  /** Scopes that OpenID Connect defines; no API needs to. */
  private static final Set<String> OIDC_SCOPES =
      Set.of("openid", "profile", "email", "address", "phone");

  /** The scope that asks for a refresh token (OIDC Core §11). */
  public static final String OFFLINE_ACCESS = "offline_access";

  /** Characters that the identifier of an API may have. */
  public static final int MAX_IDENTIFIER = 600;

  private final Cached<String, ResourceServer> byIdentifier;
  private final Cached<String, ResourceServer> management;
  private final Cached<GrantKey, ClientGrant> grants;
  private final boolean issuesSessionTransferTokens;

  private record GrantKey(
      String clientId, boolean thirdParty, String audience, String subjectType) {}

  /** What a client may ask of an API, for users or for itself. */
  private record ClientGrant(
      boolean allScopes, Set<String> scopes, OrganizationPolicy organizations) {
    boolean allows(String scope) {
      return allScopes || scopes.contains(scope);
    }
  }

  /**
   * Audiences.
   *
   * @param issuesSessionTransferTokens whether that audience is one (contract token-endpoint §4.6)
   */
  public Audiences(
      Database database,
      ConfigurationCaches caches,
      SecretSeal seal,
      boolean issuesSessionTransferTokens) {
    this.issuesSessionTransferTokens = issuesSessionTransferTokens;
    this.byIdentifier =
        caches.cache(
            MAX_IDENTIFIER,
            (tenantId, identifier) ->
                database.first(
                    tenantId,
                    "select id, identifier, payload::text, sealed_signing_secret"
                        + " from resource_server where tenant_id = $1 and identifier = $2",
                    row -> resourceServer(tenantId, row, seal),
                    identifier));
    this.management =
        caches.cache(
            (tenantId, any) ->
                database.first(
                    tenantId,
                    "select id, identifier, payload::text, sealed_signing_secret"
                        + " from resource_server"
                        + " where tenant_id = $1 and payload ->> 'is_system' = 'true'",
                    row -> resourceServer(tenantId, row, seal)));
    this.grants =
        caches.cache(
            (tenantId, key) ->
                database.first(
                    tenantId,
                    """
                    select g.payload::text, array(
                        select o.organization_id from organization_client_grant o
                        where o.tenant_id = $1 and o.grant_id = g.id) as organizations
                    from client_grant g where g.tenant_id = $1
                      and (g.client_id = $2 or ($5 and g.client_id is null))
                      and g.audience = $3 and g.subject_type = $4
                    order by g.client_id nulls last
                    """,
                    Audiences::clientGrant,
                    key.clientId(),
                    key.audience(),
                    key.subjectType(),
                    key.thirdParty()));
  }

  /**
   * Resolves what a user's token is for (contract token-endpoint §1.1, §1.7, §2 P8 to P10).
   *
   * @param issuer that the request speaks to
   * @param audience the request's {@code audience}
   * @param resource the request's {@code resource}, used where the tenant reads it
   */
  public Target resolve(
      Tenant tenant,
      Client client,
      String issuer,
      Optional<String> audience,
      Optional<String> resource) {
    Optional<String> named = named(tenant, audience, resource).or(tenant::defaultAudience);
    if (named.isEmpty() || tenant.isUserinfo(named.get())) {
      return new Userinfo(issuer + "userinfo");
    }
    if (issuesSessionTransferTokens && tenant.isSessionTransfer(named.get())) {
      client.requireSessionTransfer();
      return new SessionTransfer(named.get());
    }
    ResourceServer api = require(tenant, named.get());
    requireUserAccess(tenant, client, api);
    return api;
  }

  /** Resolves the API that a client's own token is for (contract token-endpoint §11.5). */
  public ResourceServer resolveForClient(
      Tenant tenant, Client client, Optional<String> audience, Optional<String> resource) {
    ResourceServer api =
        require(tenant, named(tenant, audience, resource).orElseThrow(Audiences::missing));
    boolean allowed = !api.clientPolicy().equals("deny_all");
    if (!allowed || grant(tenant, client, api, "client").isEmpty()) {
      throw new ClientNotGranted(api.audience());
    }
    return api;
  }

  /** What a client's own tokens for the API may be for. */
  public OrganizationPolicy organizations(Tenant tenant, Client client, ResourceServer api) {
    return grant(tenant, client, api, "client")
        .map(ClientGrant::organizations)
        .orElse(OrganizationPolicy.NONE);
  }

  private static Optional<String> named(
      Tenant tenant, Optional<String> audience, Optional<String> resource) {
    return audience.or(() -> tenant.readsResourceParameter() ? resource : Optional.empty());
  }

  /**
   * What the access token is bound to (contract token-endpoint §1.4): that which the request proves
   * to have, if the API takes tokens that are bound so. Refuses where one is demanded and none can
   * be had.
   */
  public Optional<Confirmation> confirmation(Client client, Target target, Possession possession) {
    Optional<Confirmation> bound =
        possession
            .key()
            .filter(key -> target.takes(Method.DPOP))
            .map(key -> new Confirmation(Method.DPOP, key))
            .or(
                () ->
                    possession
                        .certificate()
                        .filter(certificate -> client.isConfidential() && target.takes(Method.MTLS))
                        .map(certificate -> new Confirmation(Method.MTLS, certificate)));
    boolean demanded =
        client.requiresProofOfPossession()
            || target.requiresProofOfPossession(client.isConfidential());
    if (demanded && bound.isEmpty()) {
      throw new RequestInvalid("Proof-of-Possession is required");
    }
    return bound;
  }

  /** What a client is granted for itself: all of its grant, or what it asks of it. */
  public ScopeSet grantToClient(
      Tenant tenant, Client client, ResourceServer api, ScopeSet requested) {
    ScopeSet offered = requested.isEmpty() ? new ScopeSet(api.scopes()) : requested;
    Optional<ClientGrant> grant = grant(tenant, client, api, "client");
    return offered.filter(
        scope -> api.scopes().contains(scope) && grant.map(by -> by.allows(scope)).orElse(false));
  }

  private ResourceServer require(Tenant tenant, String identifier) {
    Optional<ResourceServer> api =
        tenant.isManagementAudience(identifier)
            ? management.get(tenant.id(), identifier).map(found -> found.by(identifier))
            : byIdentifier.get(tenant.id(), identifier);
    return api.orElseThrow(() -> new AudienceUnknown(identifier));
  }

  /** The userinfo endpoint knows users only. */
  private static RequestInvalid missing() {
    return new RequestInvalid("Missing required parameter: audience");
  }

  private void requireUserAccess(Tenant tenant, Client client, ResourceServer api) {
    boolean allowed =
        switch (api.userPolicy()) {
          case "allow_all" -> true;
          case "require_client_grant" -> userGrant(tenant, client, api).isPresent();
          default -> false;
        };
    if (!allowed) {
      throw new ClientNotAllowed(
          "Client is not authorized to access \"" + api.audience() + "\" for users");
    }
  }

  /** Consent cannot be asked for on this grant, so the API must do without (contract §2 P9). */
  public void requireNoConsent(Target target) {
    if (target instanceof ResourceServer api && !api.skipsConsent()) {
      throw new RequestInvalid("consent_required");
    }
  }

  /**
   * The requested scopes that are granted (contract token-endpoint §7.2).
   *
   * @param permissions of the user, where the API enforces them
   */
  public ScopeSet grant(
      Tenant tenant,
      Client client,
      Target target,
      ScopeSet requested,
      Optional<Set<String>> permissions) {
    return switch (target) {
      case ResourceServer api ->
          requested.filter(
              scope ->
                  OIDC_SCOPES.contains(scope)
                      || (grants(tenant, client, api, scope)
                          && permissions.map(held -> held.contains(scope)).orElse(true)));
      case Userinfo userinfo -> requested.filter(OIDC_SCOPES::contains);
      case SessionTransfer transfer -> ScopeSet.EMPTY;
    };
  }

  /** The scopes without those that OpenID Connect defines for every API. */
  public static ScopeSet ofApi(ScopeSet scopes) {
    return scopes.filter(scope -> !OIDC_SCOPES.contains(scope) && !scope.equals(OFFLINE_ACCESS));
  }

  /** Offline access is never an API's own to grant; a scope of that name would promise it. */
  private boolean grants(Tenant tenant, Client client, ResourceServer api, String scope) {
    return api.scopes().contains(scope)
        && !scope.equals(OFFLINE_ACCESS)
        && (!api.userPolicy().equals("require_client_grant")
            || userGrant(tenant, client, api).map(grant -> grant.allows(scope)).orElse(false));
  }

  private Optional<ClientGrant> userGrant(Tenant tenant, Client client, ResourceServer api) {
    return grant(tenant, client, api, "user");
  }

  private Optional<ClientGrant> grant(
      Tenant tenant, Client client, ResourceServer api, String subjectType) {
    return grants.get(
        tenant.id(),
        new GrantKey(client.clientId(), client.isThirdParty(), api.identifier(), subjectType));
  }

  private static ResourceServer resourceServer(String tenantId, Row row, SecretSeal seal) {
    Optional<byte[]> signingSecret =
        Optional.ofNullable(row.getBuffer("sealed_signing_secret"))
            .map(Buffer::getBytes)
            .map(bytes -> seal.open(bytes, secretContext(tenantId, row.getString("id"))));
    return new ResourceServer(
        row.getString("identifier"),
        row.getString("identifier"),
        Payload.object(row, "payload"),
        signingSecret);
  }

  private static ClientGrant clientGrant(Row row) {
    var payload = Payload.object(row, "payload");
    return new ClientGrant(
        payload.path("allow_all_scopes").asBoolean(false),
        Payload.strings(payload, "scope"),
        new OrganizationPolicy(
            payload.path("organization_usage").asText("deny"),
            payload.path("allow_any_organization").asBoolean(false),
            Set.of(row.getArrayOfStrings("organizations"))));
  }

  /** The {@link SecretSeal} context of an API's signing secret. */
  public static String secretContext(String tenantId, String id) {
    return "signing_secret/" + tenantId + "/" + id;
  }

  /** The secret that tokens for the API are signed with, if they are signed with one. */
  public Optional<byte[]> signingSecret(String tenantId, String identifier) {
    return byIdentifier.get(tenantId, identifier).flatMap(ResourceServer::signingSecret);
  }

  /** Whether an API of that identifier exists. */
  public boolean exists(String tenantId, String identifier) {
    return byIdentifier.get(tenantId, identifier).isPresent();
  }
}
