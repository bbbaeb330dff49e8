package dev.cambio.gateway.client;

import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.Optional;

/** The clients of every tenant, cached. */
public final class Clients {
  private final Cached<String, Client> byId;

  public Clients(Database database, ConfigurationCaches caches, SecretSeal seal) {
    this.byId =
        caches.cache(
            (tenantId, clientId) ->
                database.first(
                    tenantId,
                    "select client_id, name, payload::text, sealed_secret from client"
                        + " where tenant_id = $1 and client_id = $2",
                    row -> client(tenantId, row, seal),
                    clientId));
  }

  public Optional<Client> find(String tenantId, String clientId) {
    return byId.get(tenantId, clientId);
  }

  private static Client client(String tenantId, Row row, SecretSeal seal) {
    String clientId = row.getString("client_id");
    Optional<ClientSecret> secret =
        Optional.ofNullable(row.getBuffer("sealed_secret"))
            .map(Buffer::getBytes)
            .map(bytes -> seal.open(bytes, secretContext(tenantId, clientId)))
            .map(ClientSecret::new);
    return new Client(clientId, row.getString("name"), Payload.object(row, "payload"), secret);
  }

  /** The {@link SecretSeal} context of a client's secret. */
  public static String secretContext(String tenantId, String clientId) {
    return "client_secret/" + tenantId + "/" + clientId;
  }
}
