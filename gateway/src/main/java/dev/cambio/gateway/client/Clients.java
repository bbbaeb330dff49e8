package dev.cambio.gateway.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
                    row -> client(database, tenantId, row, seal),
                    clientId));
  }

  public Optional<Client> find(String tenantId, String clientId) {
    return byId.get(tenantId, clientId);
  }

  private static Client client(Database database, String tenantId, Row row, SecretSeal seal) {
    String clientId = row.getString("client_id");
    Optional<ClientSecret> secret =
        Optional.ofNullable(row.getBuffer("sealed_secret"))
            .map(Buffer::getBytes)
            .map(bytes -> seal.open(bytes, secretContext(tenantId, clientId)))
            .map(ClientSecret::new);
    ObjectNode payload = Payload.object(row, "payload");
    return new Client(
        clientId,
        row.getString("name"),
        payload,
        secret,
        keys(database, tenantId, clientId, payload));
  }

  /** Of the keys that are registered, those that the client is set to use. */
  private static List<ClientKey> keys(
      Database database, String tenantId, String clientId, ObjectNode payload) {
    Set<String> used = new HashSet<>();
    payload
        .at("/client_authentication_methods/private_key_jwt/credentials")
        .forEach(reference -> used.add(reference.path("id").asText()));
    if (used.isEmpty()) {
      return List.of();
    }
    return database.list(
        tenantId,
        "select payload::text from client_credential"
            + " where tenant_id = $1 and client_id = $2 and id = any ($3)",
        row -> key(Payload.object(row, "payload")),
        clientId,
        used.toArray(String[]::new));
  }

  private static ClientKey key(ObjectNode credential) {
    return new ClientKey(
        credential.path("kid").asText(),
        credential.path("alg").asText(),
        credential.path("pem").asText(),
        Optional.ofNullable(credential.path("expires_at").textValue()).map(Instant::parse));
  }

  /** The {@link SecretSeal} context of a client's secret. */
  public static String secretContext(String tenantId, String clientId) {
    return "client_secret/" + tenantId + "/" + clientId;
  }
}
