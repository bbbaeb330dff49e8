package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.stream.FileSink;
import dev.cambio.gateway.stream.StreamSecrets;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where tenant logs are delivered to (contract management-api §2.12). */
final class LogStreams implements Operations.Resource {
  private static final int MAX_PER_TENANT = 20;
  private static final String COLUMNS =
      "id, name, type, status, payload::text, sealed_secrets, dead_letters, last_error";

  /** What {@code last_error} says after that, until something is delivered. */
  private static final String DROPPED =
      "secrets of the sink were for another endpoint and are gone; send them again if this one"
          + " needs them";

  private final StreamSecrets secrets;
  private final FileSink files;
  private final Ids ids;

  LogStreams(SecretSeal seal, FileSink files, Ids ids) {
    this.secrets = new StreamSecrets(seal);
    this.files = files;
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listLogStreams", LogStreams::list)
        .on("createLogStream", this::create)
        .on("getLogStream", call -> Answer.of(byId(call, call.path("id"))))
        .on("updateLogStream", this::update)
        .on("deleteLogStream", LogStreams::delete);
  }

  /** A stored stream, locked. */
  private record Stored(
      String id,
      String name,
      String type,
      String status,
      ObjectNode payload,
      @Nullable Buffer secrets) {}

  private static Answer list(Call call) {
    ArrayNode streams = JsonNodeFactory.instance.arrayNode();
    call.rows()
        .list(
            "select " + COLUMNS + " from log_stream where tenant_id = $1 order by created_at, id",
            row -> streams.add(view(row)));
    return Answer.of(streams);
  }

  private Answer create(Call call) {
    ObjectNode body = call.object();
    String id = ids.prefixed("lst_");
    String type = body.path("type").asText();
    SinkChange sink = SinkChange.create(type, (ObjectNode) body.path("sink"));
    requireFilesOpen(type);
    requireRoom(call);
    OffsetDateTime startFrom = startFrom(body);
    ObjectNode payload = Merge.shallow(JsonNodeFactory.instance.objectNode(), body);
    payload.remove(List.of("name", "type", "startFrom"));
    payload.set("sink", sink.shown());
    if (!payload.has("filters")) {
      payload.putArray("filters");
    }
    call.rows()
        .execute(
            """
            insert into log_stream
              (tenant_id, id, name, type, status, payload, sealed_secrets, start_from, cursor,
               created_at, updated_at)
            values ($1, $2, $3, $4, 'active', $5::text::jsonb, $6, $7, $8, $9, $9)
            """,
            id,
            body.path("name").asText(id),
            type,
            Json.write(payload),
            secrets.seal(call.tenant().id(), id, sink.secrets()),
            startFrom,
            cursor(call, startFrom),
            call.now());
    return Answer.of(byId(call, id));
  }

  private void requireFilesOpen(String type) {
    if (type.equals("file") && !files.isOpen()) {
      throw ManagementException.invalidBody(
          new Violation("type", "Streams to files are not enabled on this gateway"));
    }
  }

  private static void requireRoom(Call call) {
    TenantRow.lock(call);
    long streams =
        call.rows()
            .first("select count(*) from log_stream where tenant_id = $1", row -> row.getLong(0))
            .orElse(0L);
    if (streams >= MAX_PER_TENANT) {
      throw ManagementException.tooMany();
    }
  }

  private static @Nullable OffsetDateTime startFrom(ObjectNode body) {
    if (!body.has("startFrom")) {
      return null;
    }
    try {
      OffsetDateTime date =
          OffsetDateTime.parse(body.path("startFrom").asText()).truncatedTo(ChronoUnit.MILLIS);
      if (date.getYear() >= 2000 && date.getYear() < 10_000) {
        return date;
      }
    } catch (DateTimeException e) {
      // Fall through to the one complaint.
    }
    throw ManagementException.invalidBody(
        new Violation("startFrom", "Expected a date and time of this millennium"));
  }

  /** After what is there now, or before the first entry of that time. */
  private static long cursor(Call call, @Nullable OffsetDateTime startFrom) {
    return startFrom == null
        ? call.rows()
            .first(
                "select coalesce(max(seq), 0) from tenant_log where tenant_id = $1",
                row -> row.getLong(0))
            .orElse(0L)
        : call.rows()
            .first(
                """
                select coalesce(min(seq) - 1, 0) from tenant_log
                where tenant_id = $1 and date >= $2
                """,
                row -> row.getLong(0),
                startFrom)
            .orElse(0L);
  }

  private Answer update(Call call) {
    ObjectNode body = call.object();
    Stored stored = lock(call);
    ObjectNode payload = Merge.shallow(stored.payload(), body);
    ObjectNode known = secrets.open(call.tenant().id(), stored.id(), stored.secrets());
    SinkChange sink =
        body.get("sink") instanceof ObjectNode given
            ? SinkChange.update(
                stored.type(), Payload.member(stored.payload(), "sink"), known, given)
            : new SinkChange(Payload.member(stored.payload(), "sink"), known, false);
    payload.remove(List.of("name", "status"));
    payload.set("sink", sink.shown());
    if (!payload.has("filters")) {
      payload.putArray("filters");
    }
    Buffer sealed =
        sink.secrets().equals(known)
            ? stored.secrets()
            : secrets.seal(call.tenant().id(), stored.id(), sink.secrets());
    // Whoever delivers at the moment must begin anew, and what failed before counts no more.
    call.rows()
        .execute(
            """
            update log_stream
            set name = $3, status = $4, payload = $5::text::jsonb, sealed_secrets = $6,
                updated_at = $7, lease = null, leased_until = null, attempts = 0, given_up = 0,
                next_attempt_at = now(), last_error = coalesce($8, last_error)
            where tenant_id = $1 and id = $2
              and (name, status, payload, sealed_secrets)
                is distinct from ($3, $4, $5::text::jsonb, $6)
            """,
            stored.id(),
            body.path("name").asText(stored.name()),
            body.path("status").asText(stored.status()),
            Json.write(payload),
            sealed,
            call.now(),
            sink.dropped() ? DROPPED : null);
    return Answer.of(byId(call, stored.id()));
  }

  private static Stored lock(Call call) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from log_stream where tenant_id = $1 and id = $2 for update",
            row ->
                new Stored(
                    row.getString("id"),
                    row.getString("name"),
                    row.getString("type"),
                    row.getString("status"),
                    Payload.object(row, "payload"),
                    row.getBuffer("sealed_secrets")),
            call.path("id"))
        .orElseThrow(LogStreams::notFound);
  }

  private static Answer delete(Call call) {
    call.rows().execute("delete from log_stream where tenant_id = $1 and id = $2", call.path("id"));
    return Answer.empty();
  }

  private static ObjectNode byId(Call call, String id) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from log_stream where tenant_id = $1 and id = $2",
            LogStreams::view,
            id)
        .orElseThrow(LogStreams::notFound);
  }

  private static ManagementException notFound() {
    return ManagementException.notFound("log_stream", "The log stream does not exist.");
  }

  private static ObjectNode view(Row row) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", row.getString("id"))
            .put("name", row.getString("name"))
            .put("type", row.getString("type"))
            .put("status", row.getString("status"));
    json.setAll(Payload.object(row, "payload"));
    json.put("dead_letters", row.getLong("dead_letters"));
    String error = row.getString("last_error");
    return error == null ? json : json.put("last_error", error);
  }
}
