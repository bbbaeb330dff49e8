package dev.cambio.gateway.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Runs of triggers (contract actions-runtime §4.3). */
final class ActionExecutions implements Operations.Resource {
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  @Override
  public void register(Operations operations) {
    operations.on("getExecution", this::get);
  }

  private Answer get(Call call) {
    return Optional.of(call.path("id"))
        .filter(id -> UUID_TEXT.matcher(id).matches())
        .flatMap(
            id ->
                call.rows()
                    .first(
                        """
                        select id, trigger_id, results::text, created_at, updated_at
                        from action_execution where tenant_id = $1 and id = $2
                        """,
                        ActionExecutions::json,
                        UUID.fromString(id)))
        .map(Answer::of)
        .orElseThrow(
            () -> ManagementException.notFound("execution", "The execution does not exist."));
  }

  private static ObjectNode json(Row row) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", row.getUUID("id").toString())
            .put("trigger_id", row.getString("trigger_id"))
            // Runs are recorded when they are over.
            .put("status", "final");
    try {
      json.set("results", Json.parse(row.getString("results")));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("results of an execution are not JSON", e);
    }
    json.put("created_at", Dates.text(row.getOffsetDateTime("created_at")));
    json.put("updated_at", Dates.text(row.getOffsetDateTime("updated_at")));
    return json;
  }
}
