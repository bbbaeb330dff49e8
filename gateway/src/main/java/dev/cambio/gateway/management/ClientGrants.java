package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What clients may ask of APIs (contract management-api §2.5). */
final class ClientGrants implements Operations.Resource {
  static final String COLUMNS =
      "g.id, g.client_id, g.audience, g.subject_type, g.payload::text,"
          + " r.payload ->> 'is_system' = 'true' as is_system";
  static final String FROM =
      "client_grant g join resource_server r"
          + " on r.tenant_id = g.tenant_id and r.identifier = g.audience";

  /** Members of a body that are kept beside the payload. */
  private static final List<String> APART =
      List.of("client_id", "audience", "subject_type", "default_for");

  private final Ids ids;

  ClientGrants(Ids ids) {
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listClientGrants", ClientGrants::list)
        .on("createClientGrant", this::create)
        .on("getClientGrant", call -> Answer.of(byId(call, call.path("id"))))
        .on("updateClientGrant", ClientGrants::update)
        .on("deleteClientGrant", ClientGrants::delete)
        .on("listClientGrantOrganizations", ClientGrants::organizations);
  }

  /** The API of a grant, under the identifier that it is stored with. */
  private record Api(String identifier, Set<String> scopes) {}

  private static Answer list(Call call) {
    Listing list = Listing.of("client_grants", COLUMNS, FROM, "g", "g.id");
    call.query()
        .text("audience")
        .ifPresent(
            audience -> {
              if (call.tenant().isManagementAudience(audience)) {
                list.where("r.payload ->> 'is_system' = 'true'");
              } else {
                list.where("g.audience = ?", audience);
              }
            });
    call.query().text("client_id").ifPresent(id -> list.where("g.client_id = ?", id));
    call.query().text("subject_type").ifPresent(type -> list.where("g.subject_type = ?", type));
    call.query().text("default_for").ifPresent(group -> list.where("g.client_id is null"));
    call.query()
        .flag("allow_any_organization")
        .ifPresent(
            any ->
                list.where(
                    "coalesce((g.payload ->> 'allow_any_organization')::boolean, false) = ?", any));
    return list.pagesOrCursor(call, row -> view(call, row));
  }

  private Answer create(Call call) {
    ObjectNode body = call.object();
    if (body.has("client_id") == body.has("default_for")) {
      throw ManagementException.invalidBody(
          new Violation("", "Expected either client_id or default_for"));
    }
    Api api = api(call, body.path("audience").asText());
    String clientId = body.path("client_id").textValue();
    if (clientId != null
        && !call.rows()
            .exists("select 1 from client where tenant_id = $1 and client_id = $2", clientId)) {
      throw ClientRegistrations.notFound();
    }
    ObjectNode payload = checked(Merge.shallow(defaults(), body), api);
    payload.remove(APART);
    String id = call.chosenId().orElseGet(() -> ids.prefixed("cgr_"));
    int created =
        call.rows()
            .execute(
                """
                insert into client_grant
                  (tenant_id, id, client_id, audience, subject_type, payload, created_at, updated_at)
                values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $7)
                on conflict do nothing
                """,
                id,
                clientId,
                api.identifier(),
                body.path("subject_type").asText("client"),
                Json.write(payload),
                call.now());
    if (created == 0) {
      throw ManagementException.conflict(
          "client_grant", "A client grant for this client, audience and subject type exists.");
    }
    return Answer.of(byId(call, id));
  }

  private static Answer update(Call call) {
    String id = call.path("id");
    Stored stored =
        call.rows()
            .first(
                "select audience, payload::text from client_grant"
                    + " where tenant_id = $1 and id = $2 for update",
                row -> new Stored(row.getString("audience"), Payload.object(row, "payload")),
                id)
            .orElseThrow(ClientGrants::notFound);
    ObjectNode merged = Merge.shallow(stored.payload(), call.object());
    if (!merged.has("scope")) {
      merged.putArray("scope");
    }
    ObjectNode payload =
        call.object().has("scope") ? checked(merged, api(call, stored.audience())) : merged;
    call.rows()
        .execute(
            """
            update client_grant set payload = $3::text::jsonb, updated_at = $4
            where tenant_id = $1 and id = $2 and payload is distinct from $3::text::jsonb
            """,
            id,
            Json.write(payload),
            call.now());
    return Answer.of(byId(call, id));
  }

  /** A stored grant, locked. */
  private record Stored(String audience, ObjectNode payload) {}

  private static Answer delete(Call call) {
    call.rows()
        .execute("delete from client_grant where tenant_id = $1 and id = $2", call.path("id"));
    return Answer.empty();
  }

  private static Answer organizations(Call call) {
    String id = call.path("id");
    byId(call, id);
    return Listing.of(
            "organizations",
            "o.id, o.name, o.payload::text",
            "organization o join organization_client_grant og"
                + " on og.tenant_id = o.tenant_id and og.organization_id = o.id",
            "o",
            "o.id")
        .where("og.grant_id = ?", id)
        .pagesOrCursor(call, ClientGrants::organization);
  }

  private static ObjectNode organization(Row row) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", row.getString("id"))
        .put("name", row.getString("name"))
        .setAll(Payload.object(row, "payload"));
  }

  /** The API that a caller names, who knows the Management API by its own address. */
  private static Api api(Call call, String audience) {
    return call.rows()
        .first(
            "select identifier, payload::text from resource_server where tenant_id = $1"
                + " and (identifier = $2 or ($3 and payload ->> 'is_system' = 'true'))"
                + " order by payload ->> 'is_system' = 'true' desc nulls last",
            row -> new Api(row.getString("identifier"), scopes(Payload.object(row, "payload"))),
            audience,
            call.tenant().isManagementAudience(audience))
        .orElseThrow(
            () -> ManagementException.notFound("resource_server", "Resource server not found"));
  }

  private static Set<String> scopes(ObjectNode api) {
    Set<String> scopes = new HashSet<>();
    api.path("scopes").forEach(scope -> scopes.add(scope.path("value").asText()));
    return scopes;
  }

  private static ObjectNode checked(ObjectNode payload, Api api) {
    for (JsonNode scope : payload.path("scope")) {
      if (!api.scopes().contains(scope.asText())) {
        throw ManagementException.invalidBody(
            "Payload validation error: scope must be a subset of resource server scopes");
      }
    }
    return payload;
  }

  static ObjectNode byId(Call call, String id) {
    Optional<ObjectNode> found =
        call.rows()
            .first(
                "select " + COLUMNS + " from " + FROM + " where g.tenant_id = $1 and g.id = $2",
                row -> view(call, row),
                id);
    return found.orElseThrow(ClientGrants::notFound);
  }

  private static ManagementException notFound() {
    return ManagementException.notFound("client_grant", "The client grant does not exist.");
  }

  static ObjectNode view(Call call, Row row) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", row.getString("id"));
    String clientId = row.getString("client_id");
    if (clientId == null) {
      json.put("default_for", "third_party_clients");
    } else {
      json.put("client_id", clientId);
    }
    boolean system = Boolean.TRUE.equals(row.getBoolean("is_system"));
    json.put("audience", system ? call.managementAudience() : row.getString("audience"));
    json.put("subject_type", row.getString("subject_type"));
    json.setAll(Payload.object(row, "payload"));
    if (json.path("allow_all_scopes").asBoolean(false)) {
      // All of them, and so none in particular.
      json.putArray("scope");
    }
    return json;
  }

  private static ObjectNode defaults() {
    ObjectNode defaults = JsonNodeFactory.instance.objectNode();
    defaults.putArray("scope");
    return defaults;
  }
}
