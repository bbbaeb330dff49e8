package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.store.Queries;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.model.bus.Json;
import java.time.Clock;
import java.time.ZoneOffset;

/**
 * Records who changed what, as {@code sapi}, in the transaction of the change: no change is without
 * its record. Bodies may hold secrets and stay out.
 */
final class AdministrationLog {
  private AdministrationLog() {}

  static void write(
      Queries queries,
      Tenant tenant,
      Caller caller,
      Operation operation,
      ManagementRequest request,
      Clock clock) {
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("description", operation.id())
            .put("tenant_name", tenant.id())
            .put("environment_name", TenantLogEvent.ENVIRONMENT)
            .put("client_id", caller.clientId())
            .put("ip", request.inbound().ip());
    TenantLogEvent.addCaller(entry, request.inbound());
    entry
        .putObject("details")
        .putObject("request")
        .put("method", request.method())
        .put("path", "/api/v2" + request.path());
    queries.execute(
        tenant.id(),
        "insert into tenant_log (tenant_id, date, type, payload)"
            + " values ($1, $2, 'sapi', $3::text::jsonb)",
        clock.instant().atOffset(ZoneOffset.UTC),
        Json.write(entry));
  }
}
