package dev.cambio.gateway.audience;

import java.util.Set;

/**
 * For which organizations a client may get tokens of its own (contract token-endpoint §11.5), as
 * its grant for the API says.
 *
 * @param usage {@code deny}, {@code allow} or {@code require}
 * @param any whether for each organization of the tenant
 * @param assigned ids of those that the grant is assigned to
 */
public record OrganizationPolicy(String usage, boolean any, Set<String> assigned) {
  static final OrganizationPolicy NONE = new OrganizationPolicy("deny", false, Set.of());

  /**
   * Whether tokens may be for an organization.
   *
   * @param thirdParty whether the client belongs to somebody else: then each must be assigned
   */
  public boolean allows(String organizationId, boolean thirdParty) {
    return assigned.contains(organizationId) || (any && !thirdParty);
  }
}
