package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Locale;

/** Roles, what they permit and who has them (contract management-api §2.8). */
final class Roles implements Operations.Resource {
  private static final String COLUMNS = "r.id, r.name, r.payload::text";

  /** Roles of one organization alone do not exist here. */
  private static final String TYPE = "tenant";

  /** Members of a body that are not kept in the payload. */
  private static final List<String> APART = List.of("name", "type");

  private static final Permissions PERMISSIONS = new Permissions("role_permission", "role_id");

  private final Ids ids;

  Roles(Ids ids) {
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listRoles", this::list)
        .on("createRole", this::create)
        .on("getRole", call -> Answer.of(json(require(call, call.path("id"), ""))))
        .on("updateRole", this::update)
        .on("deleteRole", this::delete)
        .on("listRolePermissions", this::permissions)
        .on("addRolePermissions", this::addPermissions)
        .on("removeRolePermissions", this::removePermissions)
        .on("listRoleUsers", this::users)
        .on("addRoleUsers", this::addUsers);
  }

  /** A stored role. */
  record Stored(String id, String name, ObjectNode payload) {}

  private Answer list(Call call) {
    Listing list = Listing.of("roles", COLUMNS, "role r", "r", "r.id");
    call.query()
        .text("name_filter")
        .ifPresent(
            part -> list.where("position(? in lower(r.name)) > 0", part.toLowerCase(Locale.ROOT)));
    boolean others = call.query().text("type").filter(type -> !type.equals(TYPE)).isPresent();
    if (others || call.query().has("owner_id")) {
      list.where("false");
    }
    return list.pages(call, row -> json(stored(row)));
  }

  private Answer create(Call call) {
    ObjectNode payload = Merge.shallow(JsonNodeFactory.instance.objectNode(), call.object());
    payload.remove(APART);
    String id = call.chosenId().orElseGet(() -> ids.prefixed("rol_"));
    int created =
        call.rows()
            .execute(
                """
                insert into role (tenant_id, id, name, payload, created_at, updated_at)
                values ($1, $2, $3, $4::text::jsonb, $5, $5)
                on conflict (tenant_id, name) do nothing
                """,
                id,
                call.object().path("name").asText(),
                Json.write(payload),
                call.now());
    if (created == 0) {
      throw taken();
    }
    return Answer.of(json(require(call, id, "")));
  }

  private Answer update(Call call) {
    Stored stored = require(call, call.path("id"), " for update");
    ObjectNode payload = Merge.shallow(stored.payload(), call.object());
    String name = call.object().path("name").asText(stored.name());
    payload.remove(APART);
    boolean taken =
        call.rows()
            .exists(
                "select 1 from role where tenant_id = $1 and name = $2 and id <> $3",
                name,
                stored.id());
    if (taken) {
      throw taken();
    }
    call.rows()
        .execute(
            """
            update role r set name = $3, payload = $4::text::jsonb, updated_at = $5
            where r.tenant_id = $1 and r.id = $2
              and (r.name, r.payload) is distinct from ($3, $4::text::jsonb)
            """,
            stored.id(),
            name,
            Json.write(payload),
            call.now());
    return Answer.of(json(require(call, stored.id(), "")));
  }

  private static ManagementException taken() {
    return ManagementException.conflict("role", "The role already exists.");
  }

  private Answer delete(Call call) {
    call.rows().execute("delete from role where tenant_id = $1 and id = $2", call.path("id"));
    return Answer.empty();
  }

  private Answer permissions(Call call) {
    return PERMISSIONS.list(call, require(call, call.path("id"), "").id());
  }

  private Answer addPermissions(Call call) {
    PERMISSIONS.add(call, require(call, call.path("id"), " for update").id());
    return Answer.empty();
  }

  private Answer removePermissions(Call call) {
    PERMISSIONS.remove(call, require(call, call.path("id"), " for update").id());
    return Answer.empty();
  }

  private Answer users(Call call) {
    String role = require(call, call.path("id"), "").id();
    return Listing.of(
            "users",
            "u.user_id, u.profile::text",
            "user_role m join user_account u on u.tenant_id = m.tenant_id and u.user_id ="
                + " m.user_id",
            "m",
            "m.user_id")
        .where("m.role_id = ?", role)
        .pagesOrCursor(call, Members::summary);
  }

  private Answer addUsers(Call call) {
    String role = require(call, call.path("id"), "").id();
    for (JsonNode user : call.object().path("users")) {
      String locked = Members.lockUser(call, user.asText());
      give(call, locked, role);
      UserAccess.requireFewRoles(call, locked);
    }
    return Answer.empty();
  }

  /** Gives a role to a user who exists. */
  static void give(Call call, String userId, String roleId) {
    call.rows()
        .execute(
            """
            insert into user_role (tenant_id, user_id, role_id, created_at)
            values ($1, $2, $3, $4) on conflict do nothing
            """,
            userId,
            roleId,
            call.now());
  }

  static Stored require(Call call, String id, String lock) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from role r where r.tenant_id = $1 and r.id = $2" + lock,
            Roles::stored,
            id)
        .orElseThrow(() -> ManagementException.notFound("role", "Role not found."));
  }

  static Stored stored(Row row) {
    return new Stored(row.getString("id"), row.getString("name"), Payload.object(row, "payload"));
  }

  static ObjectNode json(Stored role) {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("id", role.id()).put("name", role.name());
    json.setAll(role.payload());
    return json.put("type", TYPE);
  }
}
