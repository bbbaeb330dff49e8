package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.cambio.gateway.packages.ActionPackages;
import dev.cambio.gateway.packages.PackageInputs;
import dev.cambio.gateway.store.Database;

/**
 * Builds what an import needs before its transaction begins, which must not be open for as long as
 * npm takes. The transaction then finds what was built, or why not.
 */
public final class PackagePreparation implements AutoCloseable {
  private final Database database;
  private final ActionPackages packages;
  private final String tenantId;

  public PackagePreparation(Database database, ActionPackages packages, String tenantId) {
    this.database = database;
    this.packages = packages;
    this.tenantId = tenantId;
  }

  /** Builds the packages of some code unless the tenant has them; blocks. */
  public void prepare(String code, JsonNode dependencies) {
    try {
      ArrayNode checked = ActionContent.dependencies(dependencies);
      packages.resolve(checked);
      packages.inputs(code, checked).filter(this::isWanted).ifPresent(packages::prepare);
    } catch (ManagementException refusal) {
      // Whoever saves the draft is told the same, with its place.
    }
  }

  private boolean isWanted(PackageInputs inputs) {
    return database
        .first(
            tenantId,
            "select 1 from action_build where tenant_id = $1 and id = $2 and status = 'built'",
            row -> true,
            inputs.id())
        .isEmpty();
  }

  /** Forgets what was prepared. */
  @Override
  public void close() {
    packages.forget();
  }
}
