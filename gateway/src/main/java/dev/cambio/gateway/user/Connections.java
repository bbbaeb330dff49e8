package dev.cambio.gateway.user;

import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import java.util.Optional;
import java.util.Set;

/** The connections of every tenant, cached. */
public final class Connections {
  /** Characters that a name may have. */
  public static final int MAX_NAME = 128;

  private final Cached<String, Connection> byName;

  public Connections(Database database, ConfigurationCaches caches) {
    this.byName =
        caches.cache(
            MAX_NAME,
            (tenantId, name) ->
                database.first(
                    tenantId,
                    """
                    select c.id, c.name, c.strategy, c.payload::text,
                           array(select client_id from connection_client e
                                 where e.tenant_id = c.tenant_id and e.connection_id = c.id) as clients
                    from connection c where c.tenant_id = $1 and c.name = $2
                    """,
                    Connections::connection,
                    name));
  }

  public Optional<Connection> find(String tenantId, String name) {
    return byName.get(tenantId, name);
  }

  private static Connection connection(Row row) {
    return new Connection(
        row.getString("id"),
        row.getString("name"),
        row.getString("strategy"),
        Payload.object(row, "payload"),
        Set.of(row.getArrayOfStrings("clients")));
  }
}
