package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a tenant is imported.
 *
 * @param tenantId the tenant to create or update
 * @param domain host, with port if need be, at which it is served; follows when it changes
 * @param keywords values for keyword markers, over those of {@code config.json}
 * @param allowSampleSecrets whether the published secrets of the quickstart tenant may be used
 * @param dryRun whether to undo everything in the end
 * @param hosts where it is served beside its domain; absent leaves what is stored
 */
public record ImportOptions(
    String tenantId,
    String domain,
    Map<String, JsonNode> keywords,
    boolean allowSampleSecrets,
    boolean dryRun,
    Optional<Set<String>> hosts) {

  public ImportOptions {
    keywords = Map.copyOf(keywords);
    hosts = hosts.map(Set::copyOf);
  }

  /** Options that leave the further hosts as they are. */
  public ImportOptions(
      String tenantId,
      String domain,
      Map<String, JsonNode> keywords,
      boolean allowSampleSecrets,
      boolean dryRun) {
    this(tenantId, domain, keywords, allowSampleSecrets, dryRun, Optional.empty());
  }

  /** Options that refuse the published secrets. */
  public ImportOptions(String tenantId, String domain, Map<String, JsonNode> keywords) {
    this(tenantId, domain, keywords, false, false);
  }

  /** The same with exactly these further hosts. */
  public ImportOptions alsoAt(Set<String> further) {
    return new ImportOptions(
        tenantId, domain, keywords, allowSampleSecrets, dryRun, Optional.of(further));
  }

  /** The tenant's origin by its domain. */
  String issuer() {
    return issuerOf(domain);
  }

  static String issuerOf(String domain) {
    boolean loopback = domain.matches("localhost(:.*)?") || domain.startsWith("127.");
    return (loopback ? "http://" : "https://") + domain + "/";
  }

  /** Identifier of the tenant's Management API. */
  String managementAudience() {
    return issuer() + "api/v2/";
  }
}
