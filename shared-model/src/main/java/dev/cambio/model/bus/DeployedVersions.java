package dev.cambio.model.bus;

import dev.cambio.model.action.ActionVersion;
import java.util.List;

/**
 * The versions of a tenant's Actions that requests may run: deployed, and bound to a trigger or to
 * a profile. What a node was told of the tenant before holds no longer.
 *
 * @param versions the one deployed last comes first
 */
public record DeployedVersions(String tenantId, List<ActionVersion> versions) {
  public DeployedVersions {
    versions = List.copyOf(versions);
  }

  /**
   * Asks a gateway node for the versions of every tenant.
   *
   * @param node names the node that asks, for the log
   */
  public record Request(String node) {}
}
