package dev.cambio.gateway.grant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.audience.Confirmation;
import dev.cambio.gateway.audience.OrganizationPolicy;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.ClientNotAllowed;
import dev.cambio.gateway.error.OAuthException.ClientNotGranted;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.organization.Organizations;
import dev.cambio.gateway.refresh.RefreshTerms;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.GrantHandler;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.OrganizationClaims;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.model.oauth.GrantTypes;
import dev.cambio.model.oauth.ScopeSet;
import java.util.Map;
import java.util.Optional;

/** A client acts for itself (RFC 6749 §4.4, contract token-endpoint §11.5). */
public final class ClientCredentialsGrant implements GrantHandler {
  /** What follows the client id in {@code sub}. */
  public static final String SUBJECT_SUFFIX = "@clients";

  private static final String GRANT_TYPE_CLAIM = "client-credentials";

  private final Audiences audiences;
  private final Organizations organizations;
  private final CredentialsExchange credentialsExchange;

  public ClientCredentialsGrant(
      Audiences audiences, Organizations organizations, CredentialsExchange credentialsExchange) {
    this.audiences = audiences;
    this.organizations = organizations;
    this.credentialsExchange = credentialsExchange;
  }

  @Override
  public String type() {
    return GrantTypes.CLIENT_CREDENTIALS;
  }

  @Override
  public GrantRecord record(TokenRequest request) {
    return new ClientCredentialsRecord(request);
  }

  @Override
  public TokenGrant authorize(Client client, TokenRequest request, GrantRecord record) {
    return authorize(client, request, (ClientCredentialsRecord) record);
  }

  private TokenGrant authorize(
      Client client, TokenRequest request, ClientCredentialsRecord record) {
    requireAllowed(client);
    Parameters parameters = request.parameters();
    Tenant tenant = request.tenant();
    ScopeSet requested = scope(parameters);
    ResourceServer api =
        audiences.resolveForClient(
            tenant, client, parameters.find("audience"), parameters.find("resource"));
    record.audience(api.audience());
    Optional<Organization> organization =
        organization(tenant, client, api, parameters.find("organization"));
    organization.ifPresent(record::organization);
    Optional<Confirmation> confirmation = audiences.confirmation(client, api, request.possession());
    ScopeSet granted = audiences.grantToClient(tenant, client, api, requested);
    Map<String, JsonNode> claims =
        credentialsExchange.run(client, request, api, organization, requested, granted, record);
    return new TokenGrant(
        tenant.id(),
        request.issuer(),
        client,
        client.clientId() + SUBJECT_SUFFIX,
        Optional.empty(),
        Optional.empty(),
        organization.map(of -> OrganizationClaims.of(tenant, of)),
        record.ip(),
        api,
        requested,
        granted,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(GRANT_TYPE_CLAIM),
        confirmation,
        claims,
        Map.of(),
        Map.of(),
        RefreshTerms.NONE);
  }

  /** The organization that the token is for, as far as the client's grant for the API allows. */
  private Optional<Organization> organization(
      Tenant tenant, Client client, ResourceServer api, Optional<String> requested) {
    OrganizationPolicy policy = audiences.organizations(tenant, client, api);
    boolean required = policy.usage().equals("require");
    Optional<String> named =
        requested.or(() -> required ? client.defaultOrganization() : Optional.empty());
    if (named.isPresent() && policy.usage().equals("deny")) {
      throw new RequestInvalid("parameter organization is not allowed for this client");
    }
    if (named.isEmpty() && required) {
      throw new RequestInvalid("parameter organization is required for this client");
    }
    Optional<Organization> organization = named.map(given -> organizations.named(tenant, given));
    organization
        .filter(found -> !policy.allows(found.id(), client.isThirdParty()))
        .ifPresent(
            found -> {
              throw new ClientNotGranted(api.audience(), found.id());
            });
    return organization;
  }

  private static void requireAllowed(Client client) {
    boolean named =
        Payload.strings(client.payload(), "grant_types").contains(GrantTypes.CLIENT_CREDENTIALS);
    if (!named || !client.isConfidential()) {
      throw new ClientNotAllowed("Grant type 'client_credentials' not allowed for the client.");
    }
  }

  private static ScopeSet scope(Parameters parameters) {
    try {
      return ScopeSet.parse(parameters.find("scope").orElse(""));
    } catch (IllegalArgumentException e) {
      throw new RequestInvalid(String.valueOf(e.getMessage()));
    }
  }
}
