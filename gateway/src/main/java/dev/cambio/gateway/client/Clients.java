package dev.cambio.gateway.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.store.StorableText;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The clients of every tenant, cached. */
public final class Clients {
  private static final int MAX_ID = 1024;

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

  /**
   * The client of that id. Ids come from strangers too, in HTTP Basic and assertions also with
   * characters that the database refuses; those that no client can have are not even looked up, so
   * that they neither fail there nor fill the cache.
   */
  public Optional<Client> find(String tenantId, String clientId) {
    boolean possible = clientId.length() <= MAX_ID && StorableText.is(clientId);
    return possible ? byId.get(tenantId, clientId) : Optional.empty();
  }

  private static Client client(Database database, String tenantId, Row row, SecretSeal seal) {
    String clientId = row.getString("client_id");
    Optional<ClientSecret> secret =
        Optional.ofNullable(row.getBuffer("sealed_secret"))
            .map(Buffer::getBytes)
            .map(bytes -> seal.open(bytes, secretContext(tenantId, clientId)))
            .map(ClientSecret::new);
    ObjectNode payload = Payload.object(row, "payload");
    Map<String, List<ObjectNode>> credentials = credentials(database, tenantId, clientId, payload);
    return new Client(
        clientId,
        row.getString("name"),
        payload,
        secret,
        credentials.getOrDefault("public_key", List.of()).stream().map(Clients::key).toList(),
        Stream.of("cert_subject_dn", "x509_cert")
            .flatMap(type -> credentials.getOrDefault(type, List.of()).stream())
            .map(Clients::certificate)
            .toList());
  }

  /** Of the credentials that are registered, by type, those that the client is set to use. */
  private static Map<String, List<ObjectNode>> credentials(
      Database database, String tenantId, String clientId, ObjectNode payload) {
    Set<String> used = new HashSet<>();
    payload
        .path("client_authentication_methods")
        .forEach(
            method ->
                method
                    .path("credentials")
                    .forEach(reference -> used.add(reference.path("id").asText())));
    if (used.isEmpty()) {
      return Map.of();
    }
    return database
        .list(
            tenantId,
            "select payload::text from client_credential"
                + " where tenant_id = $1 and client_id = $2 and id = any ($3)",
            row -> Payload.object(row, "payload"),
            clientId,
            used.toArray(String[]::new))
        .stream()
        .collect(Collectors.groupingBy(found -> found.path("credential_type").asText()));
  }

  private static ClientKey key(ObjectNode credential) {
    return new ClientKey(
        credential.path("kid").asText(),
        credential.path("alg").asText(),
        credential.path("pem").asText(),
        expiry(credential));
  }

  private static ClientCertificate.Rule certificate(ObjectNode credential) {
    return new ClientCertificate.Rule(
        Optional.ofNullable(credential.path("subject_dn").textValue()),
        Optional.ofNullable(credential.path("thumbprint_sha256").textValue()),
        expiry(credential));
  }

  private static Optional<Instant> expiry(ObjectNode credential) {
    return Optional.ofNullable(credential.path("expires_at").textValue()).map(Instant::parse);
  }

  /** The {@link SecretSeal} context of a client's secret. */
  public static String secretContext(String tenantId, String clientId) {
    return "client_secret/" + tenantId + "/" + clientId;
  }
}
