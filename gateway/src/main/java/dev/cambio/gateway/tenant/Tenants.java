package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.TenantUnknown;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Finds the tenant that a request is for. */
public final class Tenants {
  private static final String BY_HOST =
      """
      select t.id, t.domain, t.settings::text,
             array(select h.host from tenant_host h where h.tenant_id = t.id) as hosts
      from tenant t
      where t.domain = $1
         or t.id = (select h.tenant_id from tenant_host h where h.host = $1)
      """;

  /** A host name has 253 characters at most (RFC 1035 §2.3.4), and a port may follow. */
  private static final int MAX_HOST = 253 + ":65535".length();

  private final Cached<String, Tenant> byHost;

  public Tenants(Database database, ConfigurationCaches caches) {
    this.byHost = caches.cache(MAX_HOST, (any, host) -> load(database, host));
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
            .withConnection(connection -> connection.preparedQuery(BY_HOST).execute(Tuple.of(host)))
            .await()) {
      ObjectNode settings = Payload.object(row, "settings");
      Set<String> hosts = new HashSet<>(Set.of(row.getArrayOfStrings("hosts")));
      hosts.add(row.getString("domain"));
      return Optional.of(new Tenant(row.getString("id"), row.getString("domain"), hosts, settings));
    }
    return Optional.empty();
  }
}
