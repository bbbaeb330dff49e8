package dev.cambio.gateway.tenant;

import dev.cambio.gateway.store.Queries;
import java.util.Set;

/** The hosts of a tenant beside its domain. */
public final class TenantHosts {
  private TenantHosts() {}

  /**
   * Makes these the tenant's further hosts.
   *
   * @throws IllegalArgumentException if one belongs to another tenant; the message names it
   */
  public static void set(Queries queries, String tenantId, Set<String> hosts) {
    queries.execute(
        tenantId,
        "delete from tenant_host where tenant_id = $1 and host <> all ($2)",
        (Object) hosts.toArray(String[]::new));
    for (String host : hosts) {
      requireFree(queries, tenantId, host);
      queries.execute(
          tenantId,
          "insert into tenant_host (tenant_id, host) values ($1, $2) on conflict do nothing",
          host);
    }
  }

  /** Throws if another tenant is served at the host. */
  public static void requireFree(Queries queries, String tenantId, String host) {
    boolean taken =
        queries
            .first(
                tenantId,
                """
                select $1::text from tenant where domain = $2 and id <> $1
                union all
                select $1::text from tenant_host where host = $2 and tenant_id <> $1
                """,
                row -> true,
                host)
            .isPresent();
    if (taken) {
      throw new IllegalArgumentException("the host '" + host + "' belongs to another tenant");
    }
  }
}
