package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tenant as requests see it.
 *
 * @param id the tenant's name, {@code event.tenant.id}
 * @param domain host, with port if it is not the scheme's own, at which it is served
 * @param hosts all hosts at which it is served, the domain among them
 * @param settings as the Management API's {@code /tenants/settings} shows them
 */
public record Tenant(String id, String domain, Set<String> hosts, ObjectNode settings) {
  private static final Pattern ORIGIN = Pattern.compile("https?://([^/]+)/(.*)");
  private static final String MANAGEMENT_API = "api/v2/";

  public Tenant {
    hosts = Set.copyOf(hosts);
  }

  /** Whether an {@code iss} is this tenant, as it is reached by one of its hosts. */
  public boolean isIssuer(String issuer) {
    return isAt(issuer, "");
  }

  /** Whether an audience means this tenant's Management API, by whichever of its hosts. */
  public boolean isManagementAudience(String audience) {
    return isAt(audience, MANAGEMENT_API);
  }

  /** Whether an audience means this tenant's userinfo endpoint, by whichever of its hosts. */
  public boolean isUserinfo(String audience) {
    return isAt(audience, "userinfo");
  }

  /** Whether an audience asks for a Session Transfer Token (contract token-endpoint §4.6). */
  public boolean isSessionTransfer(String audience) {
    return hosts.stream().anyMatch(host -> audience.equals("urn:" + host + ":session_transfer"));
  }

  private boolean isAt(String url, String path) {
    Matcher origin = ORIGIN.matcher(url);
    return origin.matches() && hosts.contains(origin.group(1)) && origin.group(2).equals(path);
  }

  /** The API that requests without an audience are for. */
  public Optional<String> defaultAudience() {
    return Optional.ofNullable(settings.path("default_audience").textValue())
        .filter(audience -> !audience.isEmpty());
  }

  /** Whether a refresh token that is revoked takes its whole grant with it (contract §11.4). */
  public boolean revokesGrants() {
    return settings.path("flags").path("revoke_refresh_token_grant").asBoolean(false);
  }

  /** The tenant's first language, {@code event.transaction.locale}. */
  public String locale() {
    return settings.path("enabled_locales").path(0).asText("en");
  }

  /**
   * Whether every login needs a second factor (contract token-endpoint §8). The adaptive policy
   * ({@code confidence-score}) asks for none in an exchange, where nothing is known to judge by.
   */
  public boolean requiresMultifactor() {
    for (JsonNode policy : settings.path("guardian").path("policies")) {
      if (policy.asText().equals("all-applications")) {
        return true;
      }
    }
    return false;
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
