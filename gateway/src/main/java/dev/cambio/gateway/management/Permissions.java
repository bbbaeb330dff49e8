package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.sqlclient.Row;
import java.util.List;

/**
 * Permissions, which are scopes of APIs, of a role or of a user.
 *
 * @param table that holds them
 * @param owner its column for the role or user
 */
record Permissions(String table, String owner) {
  private static final String API =
      " join resource_server s on s.tenant_id = p.tenant_id and s.id = p.resource_server_id";

  /** Columns that {@link #json} reads. */
  static final String COLUMNS =
      """
      p.permission_name, s.identifier, s.payload ->> 'name' as api_name,
      s.payload ->> 'is_system' = 'true' as is_system,
      (select d ->> 'description' from jsonb_array_elements(s.payload -> 'scopes') d
       where d ->> 'value' = p.permission_name) as description
      """;

  Answer list(Call call, String ownerId) {
    return Listing.of(
            "permissions",
            COLUMNS,
            table + " p" + API,
            "p",
            "p.resource_server_id || ' ' || p.permission_name")
        .where("p." + owner + " = ?", ownerId)
        .pages(call, row -> json(call, row));
  }

  static ObjectNode json(Call call, Row row) {
    boolean system = Boolean.TRUE.equals(row.getBoolean("is_system"));
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("permission_name", row.getString("permission_name"))
            .put(
                "resource_server_identifier",
                system ? call.managementAudience() : row.getString("identifier"))
            .put("resource_server_name", row.getString("api_name"));
    String description = row.getString("description");
    return description == null ? json : json.put("description", description);
  }

  void add(Call call, String ownerId) {
    for (JsonNode permission : call.object().path("permissions")) {
      String name = permission.path("permission_name").asText();
      // Locked, so that the scope is not taken away between the look and the write.
      String api = requireApi(call, permission, " for key share");
      boolean defined =
          call.rows()
              .exists(
                  """
                  select 1 from resource_server s, jsonb_array_elements(s.payload -> 'scopes') d
                  where s.tenant_id = $1 and s.id = $2 and d ->> 'value' = $3
                  """,
                  api,
                  name);
      if (!defined) {
        throw ManagementException.invalidBody(
            "Scope '%s' does not exist on resource server '%s'."
                .formatted(name, permission.path("resource_server_identifier").asText()));
      }
      call.rows()
          .execute(
              "insert into %s (tenant_id, %s, resource_server_id, permission_name, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing"
                  .formatted(table, owner),
              ownerId,
              api,
              name,
              call.now());
    }
  }

  void remove(Call call, String ownerId) {
    for (JsonNode permission : call.object().path("permissions")) {
      call.rows()
          .execute(
              "delete from %s where tenant_id = $1 and %s = $2 and resource_server_id = $3 and permission_name = $4"
                  .formatted(table, owner),
              ownerId,
              requireApi(call, permission, ""),
              permission.path("permission_name").asText());
    }
  }

  /** What is no scope any more permits nothing, not even if a scope of that name comes back. */
  static void keepOnly(Call call, String apiId, List<String> scopes) {
    for (String table : List.of("role_permission", "user_permission")) {
      call.rows()
          .execute(
              "delete from %s where tenant_id = $1 and resource_server_id = $2 and permission_name <> all ($3)"
                  .formatted(table),
              apiId,
              scopes.toArray(String[]::new));
    }
  }

  private static String requireApi(Call call, JsonNode permission, String lock) {
    String identifier = permission.path("resource_server_identifier").asText();
    return call.rows()
        .first(
            "select id from resource_server where tenant_id = $1 and (identifier = $2"
                + " or ($3 and payload ->> 'is_system' = 'true'))"
                + lock,
            row -> row.getString("id"),
            identifier,
            call.tenant().isManagementAudience(identifier))
        .orElseThrow(
            () ->
                ManagementException.invalidBody(
                    "Resource server '" + identifier + "' does not exist."));
  }
}
