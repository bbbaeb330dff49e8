package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.tenant.TenantHosts;
import dev.cambio.model.bus.Json;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What every tenant has from the start: its row, its signing keys, its Management API. */
public final class TenantSetup {
  private static final String NAME = "Auth0 Management API";

  private final Ids ids = new Ids();
  private final SigningKeyRows keys;

  public TenantSetup(SecretSeal seal, Clock clock) {
    this.keys = new SigningKeyRows(seal, clock, ids.random());
  }

  /**
   * The tenant, created if it is missing, served at that domain from now on. Its row is locked, so
   * that imports of one tenant follow each other.
   *
   * @param hosts where it is served beside its domain; absent leaves what is stored
   * @param managementAudience identifier of its Management API, which follows the domain
   * @throws IllegalArgumentException if another tenant is served at one of them
   */
  public Tenant ensure(
      TenantQueries rows,
      String domain,
      Optional<Set<String>> hosts,
      String managementAudience,
      OffsetDateTime now) {
    // A row that is not there yet cannot be locked, and its domain would be taken twice.
    rows.list(
        "select $1::text, pg_advisory_xact_lock(hashtextextended('tenant ' || $1, 0))", row -> 0);
    TenantHosts.requireFree(rows.queries(), rows.tenantId(), domain);
    rows.execute(
        """
        insert into tenant (id, domain) select $1, $2
        on conflict (id) do update set domain = excluded.domain
        where tenant.domain <> excluded.domain
        """,
        domain);
    hosts.ifPresent(further -> TenantHosts.set(rows.queries(), rows.tenantId(), further));
    Tenant tenant = find(rows).orElseThrow();
    ensureManagementApi(rows, managementAudience, now);
    return tenant;
  }

  /** Makes the keys that tokens are signed with, where the tenant has none: takes a while. */
  public void ensureKeys(TenantQueries rows, String domain, OffsetDateTime now) {
    keys.ensure(rows, domain, now);
  }

  /** The tenant, its row locked. */
  public Optional<Tenant> find(TenantQueries rows) {
    Set<String> hosts =
        new HashSet<>(
            rows.list(
                "select host from tenant_host where tenant_id = $1", row -> row.getString(0)));
    return rows.first(
        "select $1::text as id, domain, settings::text from tenant where id = $1 for update",
        row -> {
          hosts.add(row.getString("domain"));
          return new Tenant(
              rows.tenantId(), row.getString("domain"), hosts, Payload.object(row, "settings"));
        });
  }

  /** It follows the domain, grants for it follow with it, and it has every scope there is. */
  private void ensureManagementApi(TenantQueries rows, String audience, OffsetDateTime now) {
    ObjectNode payload = ResourceServers.defaults(NAME);
    payload.put("is_system", true);
    ArrayNode scopes = payload.putArray("scopes");
    ManagementScopes.ALL.forEach(scope -> scopes.addObject().put("value", scope));
    String system = "payload ->> 'is_system' = 'true'";
    rows.execute(
        "update resource_server set identifier = $2, payload = payload || $3::text::jsonb,"
            + " updated_at = $4 where tenant_id = $1 and "
            + system
            + " and (identifier <> $2 or payload -> 'scopes' <> $3::text::jsonb -> 'scopes')",
        audience,
        Json.write(payload.deepCopy().retain("scopes")),
        now);
    if (!rows.exists("select 1 from resource_server where tenant_id = $1 and " + system)) {
      rows.execute(
          """
          insert into resource_server (tenant_id, id, identifier, payload, created_at, updated_at)
          values ($1, $2, $3, $4::text::jsonb, $5, $5)
          """,
          ids.resourceServer(),
          audience,
          Json.write(payload),
          now);
    }
  }
}
