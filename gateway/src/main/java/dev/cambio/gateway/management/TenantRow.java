package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.bus.Json;

/**
 * The stored settings of a tenant, its attack protection among them. Read from the row itself:
 * {@code Tenant.settings()} may be older than the last change.
 */
final class TenantRow {
  private static final String SELECT =
      "select $1::text, settings::text as settings from tenant where id = $1";

  private TenantRow() {}

  static ObjectNode read(Call call) {
    return settings(call, SELECT);
  }

  /** Locks the row, so that changes follow each other. */
  static ObjectNode lock(Call call) {
    return settings(call, SELECT + " for update");
  }

  private static ObjectNode settings(Call call, String sql) {
    return call.rows()
        .first(sql, row -> Payload.object(row, "settings"))
        .orElseGet(JsonNodeFactory.instance::objectNode);
  }

  static void write(Call call, ObjectNode settings) {
    call.rows()
        .execute(
            """
            update tenant set settings = $2::text::jsonb
            from (select $1::text as id) as this
            where tenant.id = this.id and settings is distinct from $2::text::jsonb
            """,
            Json.write(settings));
  }
}
