package dev.cambio.gateway.token;

import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.tenant.Tenant;
import java.util.Optional;

/**
 * What tokens say of an organization (contract token-endpoint §6).
 *
 * @param id {@code org_id}
 * @param name {@code org_name}, where the tenant has tokens name organizations
 */
public record OrganizationClaims(String id, Optional<String> name) {
  public static OrganizationClaims of(Tenant tenant, Organization organization) {
    return new OrganizationClaims(
        organization.id(),
        Optional.of(organization.name()).filter(name -> tenant.allowsOrganizationNames()));
  }
}
