package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** OAuth clients (contract management-api §2.3). */
final class ClientRegistrations implements Operations.Resource {
  private final SecretSeal seal;
  private final Ids ids;
  private final ClientKeys keys;
  private final SigningKeyRows signingKeys;

  ClientRegistrations(SecretSeal seal, SigningKeyRows signingKeys, Ids ids) {
    this.signingKeys = signingKeys;
    this.seal = seal;
    this.ids = ids;
    this.keys = new ClientKeys(ids);
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listClients", call -> ClientList.of(call, new ClientView(call, seal)))
        .on("createClient", this::create)
        .on("getClient", call -> Answer.of(byId(call, call.path("id"), false)))
        .on("updateClient", this::update)
        .on("deleteClient", ClientRegistrations::delete)
        .on("rotateClientSecret", this::rotate);
  }

  /** A stored client, locked. */
  private record Stored(String name, ObjectNode payload, @Nullable Buffer secret) {}

  private Answer create(Call call) {
    ObjectNode body = call.object();
    ObjectNode payload = ClientDefaults.create(body);
    String clientId = call.chosenId().orElseGet(ids::clientId);
    requireFreeAliases(call, clientId, body);
    signingKeys.ensureFor(call, body.path("jwt_configuration").path("alg"));
    int created =
        call.rows()
            .execute(
                """
                insert into client
                  (tenant_id, client_id, name, payload, sealed_secret, created_at, updated_at)
                values ($1, $2, $3, $4::text::jsonb, $5, $6, $6)
                on conflict (tenant_id, client_id) do nothing
                """,
                clientId,
                body.path("name").asText(),
                Json.write(payload),
                secret(call, clientId, body, payload, null),
                call.now());
    if (created == 0) {
      throw ManagementException.conflict("client", "A client with the same id already exists.");
    }
    storeGivenKeys(call, clientId, payload);
    return Answer.of(byId(call, clientId, false));
  }

  /** Keys given with the client become credentials of their own, which it then refers to. */
  private void storeGivenKeys(Call call, String clientId, ObjectNode payload) {
    ArrayNode given = ClientKeys.credentials(payload);
    if (given.isEmpty()) {
      return;
    }
    for (int i = 0; i < given.size(); i++) {
      String at = ClientKeys.at(payload) + "[" + i + "].";
      ClientKeys.requireFitting(payload, given.get(i), at);
      String id = keys.store(call, clientId, (ObjectNode) given.get(i), at);
      given.set(i, given.objectNode().put("id", id));
    }
    call.rows()
        .execute(
            "update client set payload = $3::text::jsonb where tenant_id = $1 and client_id = $2",
            clientId,
            Json.write(payload));
  }

  private Answer update(Call call) {
    ObjectNode body = call.object();
    requireKeysScope(call, body);
    String clientId = call.path("id");
    Stored stored = lock(call, clientId);
    ObjectNode payload = ClientDefaults.update(stored.payload(), body);
    if (body.path(ClientDefaults.KEY_METHODS).isObject()) {
      ClientKeys.requireKnown(call, clientId, payload);
    }
    requireFreeAliases(call, clientId, body);
    signingKeys.ensureFor(call, body.path("jwt_configuration").path("alg"));
    call.rows()
        .execute(
            """
            update client c
            set name = $3, payload = $4::text::jsonb, sealed_secret = $5, updated_at = $6
            where c.tenant_id = $1 and c.client_id = $2
              and (c.name, c.payload, c.sealed_secret) is distinct from ($3, $4::text::jsonb, $5)
            """,
            clientId,
            body.path("name").asText(stored.name()),
            Json.write(payload),
            secret(call, clientId, body, payload, stored.secret()),
            call.now());
    return Answer.of(byId(call, clientId, false));
  }

  private static void requireKeysScope(Call call, ObjectNode body) {
    boolean keys = body.has("client_secret") || body.has("encryption_key");
    if (keys && !call.scopes().contains("update:client_keys")) {
      throw ManagementException.of(
          403, "insufficient_scope", "Insufficient scope, expected any of: update:client_keys");
    }
  }

  private static Answer delete(Call call) {
    call.rows()
        .execute("delete from client where tenant_id = $1 and client_id = $2", call.path("id"));
    return Answer.empty();
  }

  private Answer rotate(Call call) {
    String clientId = call.path("id");
    lock(call, clientId);
    call.rows()
        .execute(
            """
            update client set sealed_secret = $3, updated_at = $4
            where tenant_id = $1 and client_id = $2
            """,
            clientId,
            sealed(call, clientId, ids.secret()),
            call.now());
    return Answer.of(byId(call, clientId, true));
  }

  private static Stored lock(Call call, String clientId) {
    return call.rows()
        .first(
            "select name, payload::text, sealed_secret from client"
                + " where tenant_id = $1 and client_id = $2 for update",
            ClientRegistrations::stored,
            clientId)
        .orElseThrow(ClientRegistrations::notFound);
  }

  private static Stored stored(Row row) {
    return new Stored(
        row.getString("name"), Payload.object(row, "payload"), row.getBuffer("sealed_secret"));
  }

  private ObjectNode byId(Call call, String clientId, boolean withSecret) {
    ClientView view = new ClientView(call, seal);
    return call.rows()
        .first(
            "select "
                + ClientView.COLUMNS
                + " from client c where c.tenant_id = $1 and c.client_id = $2",
            row -> withSecret ? view.withSecret(row) : view.of(row),
            clientId)
        .orElseThrow(ClientRegistrations::notFound);
  }

  static ManagementException notFound() {
    return ManagementException.notFound("client", "Client not found");
  }

  /** An alias leads to one client. */
  private static void requireFreeAliases(Call call, String clientId, ObjectNode body) {
    String[] aliases = Payload.strings(body, "client_aliases").toArray(String[]::new);
    boolean taken =
        aliases.length > 0
            && call.rows()
                .exists(
                    """
                    select 1 from client c
                    where c.tenant_id = $1 and c.client_id <> $2
                      and c.payload -> 'client_aliases' ?| $3::text[]
                    """,
                    clientId,
                    aliases);
    if (taken) {
      throw ManagementException.conflict("client", "A client with the same alias already exists.");
    }
  }

  /** The given secret, else the stored one; one is made for a client that needs it. */
  private @Nullable Buffer secret(
      Call call, String clientId, ObjectNode body, ObjectNode payload, @Nullable Buffer stored) {
    Optional<byte[]> given =
        Optional.ofNullable(body.path("client_secret").textValue())
            .map(text -> text.getBytes(StandardCharsets.UTF_8));
    if (given.isEmpty()) {
      boolean isPublic = payload.path(ClientDefaults.AUTH_METHOD).asText().equals("none");
      return stored != null || isPublic ? stored : sealed(call, clientId, ids.secret());
    }
    String context = Clients.secretContext(call.tenant().id(), clientId);
    boolean same =
        stored != null && Arrays.equals(seal.open(stored.getBytes(), context), given.get());
    return same ? stored : sealed(call, clientId, given.get());
  }

  private Buffer sealed(Call call, String clientId, byte[] secret) {
    return Buffer.buffer(seal.seal(secret, Clients.secretContext(call.tenant().id(), clientId)));
  }
}
