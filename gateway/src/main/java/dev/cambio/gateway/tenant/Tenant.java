package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A tenant as requests see it.
 *
 * @param id the tenant's name, {@code event.tenant.id}
 * @param domain host, with port if it is not the scheme's own, at which it is served
 * @param settings as the Management API's {@code /tenants/settings} shows them
 */
public record Tenant(String id, String domain, ObjectNode settings) {

  /** The API that requests without an audience are for. */
  public Optional<String> defaultAudience() {
    return Optional.ofNullable(settings.path("default_audience").textValue())
        .filter(audience -> !audience.isEmpty());
  }

  /** The tenant's first language, {@code event.transaction.locale}. */
  public String locale() {
    return settings.path("enabled_locales").path(0).asText("en");
  }

  /** Whether organizations may be meant by name, and tokens name them (contract §6). */
  public boolean allowsOrganizationNames() {
    return settings.path("allow_organization_name_in_authentication_api").asBoolean(false);
  }

  /** Whether {@code resource} may stand for {@code audience} (contract token-endpoint §1.1). */
  public boolean readsResourceParameter() {
    return settings
        .path("resource_parameter_profile")
        .asText("compatibility")
        .equals("compatibility");
  }
}
