package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** APIs (contract management-api §2.4). */
final class ResourceServers implements Operations.Resource {
  private static final String COLUMNS =
      "r.id, r.identifier, r.payload::text, r.sealed_signing_secret";

  private final SecretSeal seal;
  private final SigningKeyRows keys;
  private final Ids ids;

  ResourceServers(SecretSeal seal, SigningKeyRows keys, Ids ids) {
    this.seal = seal;
    this.keys = keys;
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listResourceServers", this::list)
        .on("createResourceServer", this::create)
        .on("getResourceServer", call -> Answer.of(require(call, "").json()))
        .on("updateResourceServer", this::update)
        .on("deleteResourceServer", this::delete);
  }

  /** A stored API. */
  private record Stored(String id, ObjectNode payload, @Nullable Buffer secret, ObjectNode json) {
    boolean isSystem() {
      return payload.path("is_system").asBoolean(false);
    }
  }

  private Answer list(Call call) {
    Listing list = Listing.of("resource_servers", COLUMNS, "resource_server r", "r", "r.id");
    List<String> identifiers = call.query().texts("identifiers");
    if (!identifiers.isEmpty()) {
      boolean system = identifiers.stream().anyMatch(call.tenant()::isManagementAudience);
      list.where(
          "(r.identifier = any(?)" + (system ? " or r.payload ->> 'is_system' = 'true')" : ")"),
          identifiers.toArray(String[]::new));
    }
    return list.pages(call, row -> stored(call, row).json());
  }

  private Answer create(Call call) {
    ObjectNode body = call.object();
    String identifier = body.path("identifier").asText();
    requireNotReserved(call, identifier);
    requireDistinctScopes(body);
    ObjectNode payload = Merge.deep(defaults(identifier), body);
    payload.remove(List.of("identifier", "signing_secret"));
    keys.ensureFor(call, body.path("signing_alg"));
    String id = call.chosenId().orElseGet(ids::resourceServer);
    Buffer secret = secret(call, id, body, payload, null);
    int created =
        call.rows()
            .execute(
                """
                insert into resource_server
                  (tenant_id, id, identifier, payload, sealed_signing_secret, created_at, updated_at)
                values ($1, $2, $3, $4::text::jsonb, $5, $6, $6)
                on conflict (tenant_id, identifier) do nothing
                """,
                id,
                identifier,
                Json.write(payload),
                secret,
                call.now());
    if (created == 0) {
      throw ManagementException.conflict(
          "resource_server", "A resource server with the same identifier already exists.");
    }
    return Answer.of(byId(call, id));
  }

  private Answer update(Call call) {
    ObjectNode body = call.object();
    Stored stored = require(call, " for update");
    if (stored.isSystem()) {
      throw ManagementException.invalidBody("System resource servers cannot be patched.");
    }
    requireDistinctScopes(body);
    keys.ensureFor(call, body.path("signing_alg"));
    ObjectNode payload = Merge.shallow(stored.payload(), body);
    payload.remove("signing_secret");
    call.rows()
        .execute(
            """
            update resource_server r
            set payload = $3::text::jsonb, sealed_signing_secret = $4, updated_at = $5
            where r.tenant_id = $1 and r.id = $2
              and (r.payload, r.sealed_signing_secret) is distinct from ($3::text::jsonb, $4)
            """,
            stored.id(),
            Json.write(payload),
            secret(call, stored.id(), body, payload, stored.secret()),
            call.now());
    if (body.has("scopes")) {
      Permissions.keepOnly(call, stored.id(), body.path("scopes").findValuesAsText("value"));
    }
    return Answer.of(byId(call, stored.id()));
  }

  private Answer delete(Call call) {
    find(call, " for update")
        .ifPresent(
            stored -> {
              if (stored.isSystem()) {
                throw ManagementException.invalidBody("System resource servers cannot be deleted.");
              }
              call.rows()
                  .execute(
                      "delete from resource_server where tenant_id = $1 and id = $2", stored.id());
            });
    return Answer.empty();
  }

  private static void requireNotReserved(Call call, String identifier) {
    if (call.tenant().isManagementAudience(identifier)) {
      throw ManagementException.invalidBody("The selected identifier is reserved.");
    }
  }

  private static void requireDistinctScopes(ObjectNode body) {
    Set<String> seen = new HashSet<>();
    for (JsonNode scope : body.path("scopes")) {
      String value = scope.path("value").asText();
      if (!seen.add(value)) {
        throw ManagementException.invalidBody(
            "Payload validation error: 'Scope is given more than once: " + value + "'.");
      }
    }
  }

  private Stored require(Call call, String lock) {
    return find(call, lock)
        .orElseThrow(
            () ->
                ManagementException.notFound(
                    "resource_server", "The resource server does not exist."));
  }

  /** By id or, as paths may hold either, by identifier. */
  private Optional<Stored> find(Call call, String lock) {
    String idOrIdentifier = call.path("id");
    boolean system = call.tenant().isManagementAudience(idOrIdentifier);
    return call.rows()
        .first(
            "select "
                + COLUMNS
                + " from resource_server r where r.tenant_id = $1 and (r.id = $2 or r.identifier ="
                + " $2 or ($3 and r.payload ->> 'is_system' = 'true')) order by r.id = $2 desc"
                + lock,
            row -> stored(call, row),
            idOrIdentifier,
            system);
  }

  private ObjectNode byId(Call call, String id) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from resource_server r where r.tenant_id = $1 and r.id = $2",
            row -> stored(call, row).json(),
            id)
        .orElseThrow();
  }

  private Stored stored(Call call, Row row) {
    String id = row.getString("id");
    ObjectNode payload = Payload.object(row, "payload");
    boolean system = payload.path("is_system").asBoolean(false);
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id);
    json.put("identifier", system ? call.managementAudience() : row.getString("identifier"));
    json.setAll(payload);
    Buffer secret = row.getBuffer("sealed_signing_secret");
    if (secret != null) {
      byte[] plain = seal.open(secret.getBytes(), Audiences.secretContext(call.tenant().id(), id));
      json.put("signing_secret", new String(plain, StandardCharsets.UTF_8));
    }
    return new Stored(id, payload, secret, json);
  }

  /** The given secret, else the stored one; one is made where HS256 needs it. */
  private @Nullable Buffer secret(
      Call call, String id, ObjectNode body, ObjectNode payload, @Nullable Buffer stored) {
    String given = body.path("signing_secret").textValue();
    boolean symmetric = payload.path("signing_alg").asText().equals("HS256");
    if (given == null && (stored != null || !symmetric)) {
      return stored;
    }
    byte[] plain = given == null ? ids.secret() : given.getBytes(StandardCharsets.UTF_8);
    String context = Audiences.secretContext(call.tenant().id(), id);
    if (stored != null && Arrays.equals(seal.open(stored.getBytes(), context), plain)) {
      return stored;
    }
    return Buffer.buffer(seal.seal(plain, context));
  }

  /** What an API is where its creator does not say. */
  static ObjectNode defaults(String identifier) {
    ObjectNode defaults =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", identifier)
            .put("is_system", false)
            .put("signing_alg", "RS256")
            .put("token_dialect", "access_token")
            .put("token_lifetime", 86_400)
            .put("token_lifetime_for_web", 7200)
            .put("allow_offline_access", false)
            .put("enforce_policies", false)
            .put("skip_consent_for_verifiable_first_party_clients", false);
    defaults.putArray("scopes");
    return defaults;
  }
}
