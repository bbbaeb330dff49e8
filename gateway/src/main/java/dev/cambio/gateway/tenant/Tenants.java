package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.TenantUnknown;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** Finds the tenant that a request is for. */
public final class Tenants {
  private final Cached<String, Tenant> byHost;

  public Tenants(Database database, ConfigurationCaches caches) {
    this.byHost = caches.cache((any, host) -> load(database, host));
  }

  /** The tenant served at that host; refuses with 404 if there is none. */
  public Tenant require(String host) {
    return byHost
        .get(ConfigurationCaches.ANY_TENANT, host)
        .orElseThrow(() -> new TenantUnknown(host));
  }

  private static Optional<Tenant> load(Database database, String host) {
    for (Row row :
        database
            .pool()
            .preparedQuery("select id, domain, settings::text from tenant where domain = $1")
            .execute(Tuple.of(host))
            .await()) {
      ObjectNode settings = Payload.object(row, "settings");
      return Optional.of(new Tenant(row.getString("id"), row.getString("domain"), settings));
    }
    return Optional.empty();
  }
}
