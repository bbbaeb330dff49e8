package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;

/** What a user may do: roles, permissions, organizations (contract management-api §2.7). */
final class UserAccess implements Operations.Resource {
  private static final int MAX_ROLES = 50;
  private static final int MAX_PERMISSIONS = 1000;
  private static final Permissions DIRECT = new Permissions("user_permission", "user_id");

  /** A user's permissions whatever they come from, each once, with where it comes from. */
  private static final String EFFECTIVE =
      """
      (select a.tenant_id, a.user_id, a.resource_server_id, a.permission_name,
              min(a.created_at) as created_at,
              jsonb_build_object('sources', jsonb_agg(a.source order by a.source::text)) as sources
       from (
         select tenant_id, user_id, resource_server_id, permission_name, created_at,
                '{"source_id": "", "source_name": "", "source_type": "DIRECT"}'::jsonb as source
         from user_permission
         union all
         select h.tenant_id, h.user_id, q.resource_server_id, q.permission_name, h.created_at,
                jsonb_build_object(
                  'source_id', r.id, 'source_name', r.name, 'source_type', 'ROLE')
         from user_role h
         join role r on r.tenant_id = h.tenant_id and r.id = h.role_id
         join role_permission q on q.tenant_id = h.tenant_id and q.role_id = h.role_id) a
       group by a.tenant_id, a.user_id, a.resource_server_id, a.permission_name) p
      join resource_server s on s.tenant_id = p.tenant_id and s.id = p.resource_server_id
      """;

  @Override
  public void register(Operations operations) {
    operations
        .on("listUserRoles", this::roles)
        .on("addUserRoles", this::addRoles)
        .on("removeUserRoles", this::removeRoles)
        .on("listUserPermissions", this::permissions)
        .on("addUserPermissions", this::addPermissions)
        .on("removeUserPermissions", this::removePermissions)
        .on("listUserOrganizations", this::organizations);
  }

  private static String user(Call call) {
    return Members.requireUser(call, call.path("id"));
  }

  private Answer roles(Call call) {
    return Listing.of(
            "roles",
            "r.id, r.name, r.payload::text",
            "user_role h join role r on r.tenant_id = h.tenant_id and r.id = h.role_id",
            "h",
            "h.role_id")
        .where("h.user_id = ?", user(call))
        .pages(call, row -> Roles.json(Roles.stored(row)));
  }

  private Answer addRoles(Call call) {
    String user = Members.lockUser(call, call.path("id"));
    for (JsonNode role : call.object().path("roles")) {
      Roles.give(call, user, Roles.require(call, role.asText(), "").id());
    }
    requireFewRoles(call, user);
    return Answer.empty();
  }

  private Answer removeRoles(Call call) {
    String user = user(call);
    for (JsonNode role : call.object().path("roles")) {
      call.rows()
          .execute(
              "delete from user_role where tenant_id = $1 and user_id = $2 and role_id = $3",
              user,
              role.asText());
    }
    return Answer.empty();
  }

  private Answer permissions(Call call) {
    return Listing.of(
            "permissions",
            Permissions.COLUMNS + ", p.sources::text",
            EFFECTIVE,
            "p",
            "p.resource_server_id || ' ' || p.permission_name")
        .where("p.user_id = ?", user(call))
        .pages(call, row -> permission(call, row));
  }

  private static ObjectNode permission(Call call, Row row) {
    ObjectNode permission = Permissions.json(call, row);
    permission.setAll(Payload.object(row, "sources"));
    return permission;
  }

  private Answer addPermissions(Call call) {
    String user = Members.lockUser(call, call.path("id"));
    DIRECT.add(call, user);
    requireAtMost(call, "user_permission", user, MAX_PERMISSIONS);
    return Answer.empty();
  }

  private Answer removePermissions(Call call) {
    DIRECT.remove(call, user(call));
    return Answer.empty();
  }

  /** Counted after the insert; the user is locked. */
  static void requireFewRoles(Call call, String user) {
    requireAtMost(call, "user_role", user, MAX_ROLES);
  }

  private static void requireAtMost(Call call, String table, String user, int limit) {
    long held =
        call.rows()
            .first(
                "select count(*) from " + table + " where tenant_id = $1 and user_id = $2",
                row -> row.getLong(0),
                user)
            .orElse(0L);
    if (held > limit) {
      throw ManagementException.tooMany();
    }
  }

  private Answer organizations(Call call) {
    return Listing.of(
            "organizations",
            Organizations.COLUMNS,
            "organization_member m"
                + " join organization o on o.tenant_id = m.tenant_id and o.id = m.organization_id",
            "m",
            "m.organization_id")
        .where("m.user_id = ?", user(call))
        .pages(call, row -> Organizations.json(Organizations.stored(row)));
  }
}
