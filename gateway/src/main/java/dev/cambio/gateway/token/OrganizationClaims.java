package dev.cambio.gateway.token;

import java.util.Optional;

/**
 * What tokens say of an organization (contract token-endpoint §6).
 *
 * @param id {@code org_id}
 * @param name {@code org_name}, where the tenant has tokens name organizations
 */
public record OrganizationClaims(String id, Optional<String> name) {}
