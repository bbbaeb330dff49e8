package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Map;

/** Organizations (contract management-api §2.9). */
final class Organizations implements Operations.Resource {
  static final String COLUMNS = "o.id, o.name, o.payload::text";

  private static final Map<String, String> SORTS =
      Map.of(
          "name", "o.name",
          "display_name", "o.payload ->> 'display_name'",
          "created_at", "o.created_at");

  private final Ids ids;

  Organizations(Ids ids) {
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listOrganizations", this::list)
        .on("createOrganization", this::create)
        .on("getOrganization", call -> Answer.of(json(require(call, ""))))
        .on("getOrganizationByName", this::byName)
        .on("updateOrganization", this::update)
        .on("deleteOrganization", this::delete)
        .on("listDiscoveryDomains", this::domains);
  }

  /** A stored organization. */
  record Stored(String id, String name, ObjectNode payload) {}

  private Answer list(Call call) {
    Listing list = Listing.of("organizations", COLUMNS, "organization o", "o", "o.id");
    call.query()
        .text("sort")
        .map(sort -> sort.split(":"))
        .ifPresent(
            sort ->
                list.orderBy(SORTS.get(sort[0]) + (sort[1].equals("1") ? "" : " desc") + ", o.id"));
    return list.pagesOrCursor(call, row -> json(stored(row)));
  }

  private Answer create(Call call) {
    ObjectNode body = call.object();
    String name = body.path("name").asText();
    ObjectNode payload = Merge.withoutNullMetadata(Merge.shallow(defaults(name), body));
    payload.remove(List.of("name", "enabled_connections"));
    String id = call.chosenId().orElseGet(() -> ids.prefixed("org_"));
    int created =
        call.rows()
            .execute(
                """
                insert into organization (tenant_id, id, name, payload, created_at, updated_at)
                values ($1, $2, $3, $4::text::jsonb, $5, $5)
                on conflict (tenant_id, name) do nothing
                """,
                id,
                name,
                Json.write(payload),
                call.now());
    if (created == 0) {
      throw taken();
    }
    ObjectNode answer = json(new Stored(id, name, payload));
    if (body.has("enabled_connections")) {
      var enabled = answer.putArray("enabled_connections");
      for (JsonNode connection : body.path("enabled_connections")) {
        enabled.add(OrganizationConnections.add(call, id, (ObjectNode) connection));
      }
    }
    return Answer.of(answer);
  }

  private Answer byName(Call call) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from organization o where o.tenant_id = $1 and o.name = $2",
            row -> Answer.of(json(stored(row))),
            call.path("name"))
        .orElseThrow(Organizations::missing);
  }

  private Answer update(Call call) {
    Stored stored = require(call, " for update");
    ObjectNode payload = Merge.withoutNullMetadata(Merge.shallow(stored.payload(), call.object()));
    String name = call.object().path("name").asText(stored.name());
    payload.remove("name");
    boolean taken =
        call.rows()
            .exists(
                "select 1 from organization where tenant_id = $1 and name = $2 and id <> $3",
                name,
                stored.id());
    if (taken) {
      throw taken();
    }
    call.rows()
        .execute(
            """
            update organization o set name = $3, payload = $4::text::jsonb, updated_at = $5
            where o.tenant_id = $1 and o.id = $2
              and (o.name, o.payload) is distinct from ($3, $4::text::jsonb)
            """,
            stored.id(),
            name,
            Json.write(payload),
            call.now());
    return Answer.of(json(new Stored(stored.id(), name, payload)));
  }

  private Answer delete(Call call) {
    call.rows()
        .execute("delete from organization where tenant_id = $1 and id = $2", call.path("id"));
    return Answer.empty();
  }

  private Answer domains(Call call) {
    require(call, "");
    ObjectNode none = JsonNodeFactory.instance.objectNode();
    none.putArray("domains");
    return Answer.of(none);
  }

  private static ManagementException taken() {
    return ManagementException.conflict(
        "organization", "An organization with this name already exists.");
  }

  private static ManagementException missing() {
    return ManagementException.notFound(
        "organization", "No organization found by that id or name.");
  }

  static Stored require(Call call, String lock) {
    return call.rows()
        .first(
            "select "
                + COLUMNS
                + " from organization o where o.tenant_id = $1 and o.id = $2"
                + lock,
            Organizations::stored,
            call.path("id"))
        .orElseThrow(Organizations::missing);
  }

  static Stored stored(Row row) {
    return new Stored(row.getString("id"), row.getString("name"), Payload.object(row, "payload"));
  }

  static ObjectNode json(Stored organization) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", organization.id())
            .put("name", organization.name());
    json.setAll(organization.payload());
    return json;
  }

  private static ObjectNode defaults(String name) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("display_name", name)
        .put("third_party_client_access", "block")
        .put("is_app_entitlement_active", false);
  }
}
