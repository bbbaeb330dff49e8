package dev.cambio.gateway.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cambio.gateway.store.Database;
import dev.cambio.model.bus.Json;
import dev.cambio.model.bus.TenantEvent;
import dev.cambio.model.bus.TokenBus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.EventBus;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Writes tenant logs. Entries that arrive while a commit is under way share the next one, so that
 * an exchange waits for its record to be durable without paying for a commit of its own.
 *
 * <p>Thread-safe.
 */
public final class TenantLog {
  private static final int MAX_BATCH = 1000;

  /** Who waited longer for a commit that was in vain does not wait for the next one as well. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** One statement, so that records of executions cost no further round trip. */
  private static final String INSERT =
      """
      with execution as (
        insert into action_execution
          (tenant_id, id, trigger_id, results, created_at, updated_at)
        select tenant, id::uuid, trigger, results::jsonb, started, ended
        from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
          $10::timestamptz[]) as run (tenant, id, trigger, results, started, ended)
      )
      insert into tenant_log (tenant_id, date, type, payload)
      select tenant, at, type, payload::jsonb
      from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[])
        with ordinality as entry (tenant, at, type, payload, position)
      order by position
      """;

  private final Database database;
  private final EventBus bus;
  private final List<Pending> waiting = new ArrayList<>();
  private boolean writing;

  private record Pending(List<TenantLogEvent> events, Promise<Void> written, long since) {}

  /**
   * A log.
   *
   * @param bus where committed entries are published
   */
  public TenantLog(Database database, EventBus bus) {
    this.database = database;
    this.bus = bus;
  }

  /**
   * Completes when the entries are committed, all of them. Fails when none is, or when that is not
   * known: a server that is lost during the commit may have done it. Then there is an entry of
   * tokens that nobody got; never the other way round.
   */
  public Future<Void> write(List<TenantLogEvent> events) {
    Promise<Void> written = Promise.promise();
    synchronized (this) {
      waiting.add(new Pending(events, written, System.nanoTime()));
      if (writing) {
        return written.future();
      }
      writing = true;
    }
    writeWaiting();
    return written.future();
  }

  private void writeWaiting() {
    List<Pending> batch;
    synchronized (this) {
      if (waiting.isEmpty()) {
        writing = false;
        return;
      }
      List<Pending> head = waiting.subList(0, Math.min(MAX_BATCH, waiting.size()));
      batch = List.copyOf(head);
      head.clear();
    }
    database
        .withConnection(connection -> connection.preparedQuery(INSERT).execute(parameters(batch)))
        .onComplete(
            result -> {
              for (Pending pending : batch) {
                if (result.succeeded()) {
                  pending.written().complete();
                } else {
                  pending.written().fail(result.cause());
                }
              }
              if (result.failed()) {
                giveUp(result.cause());
              }
              writeWaiting();
              if (result.succeeded()) {
                batch.forEach(pending -> pending.events().forEach(this::publish));
              }
            });
  }

  private void giveUp(Throwable cause) {
    List<Pending> late;
    synchronized (this) {
      long oldest = System.nanoTime() - PATIENCE.toNanos();
      late = waiting.stream().filter(pending -> pending.since() < oldest).toList();
      waiting.removeAll(late);
    }
    late.forEach(pending -> pending.written().fail(cause));
  }

  /** Tells internal services that listen; nobody waits for them, and nobody need. */
  private void publish(TenantLogEvent event) {
    bus.publish(
        TokenBus.LOGS,
        new TenantEvent(
            event.tenantId(), event.type(), event.date().toString(), storable(event.payload())));
  }

  private static Tuple parameters(List<Pending> batch) {
    List<TenantLogEvent> events =
        batch.stream().flatMap(pending -> pending.events().stream()).toList();
    List<Run> runs =
        events.stream()
            .flatMap(event -> event.executions().stream().map(run -> new Run(event, run)))
            .toList();
    return Tuple.tuple()
        .addValue(texts(events, TenantLogEvent::tenantId))
        .addValue(dates(events, TenantLogEvent::date))
        .addValue(texts(events, TenantLogEvent::type))
        .addValue(texts(events, event -> storable(event.payload())))
        .addValue(texts(runs, run -> run.event().tenantId()))
        .addValue(texts(runs, run -> run.execution().id().toString()))
        .addValue(texts(runs, run -> run.execution().triggerId()))
        .addValue(texts(runs, run -> storable(run.execution().results())))
        .addValue(dates(runs, run -> run.execution().startedAt()))
        .addValue(dates(runs, run -> run.execution().endedAt()));
  }

  private record Run(TenantLogEvent event, Execution execution) {}

  private static <T> String[] texts(List<T> rows, Function<T, String> text) {
    return rows.stream().map(text).toArray(String[]::new);
  }

  private static <T> OffsetDateTime[] dates(List<T> rows, Function<T, Instant> date) {
    return rows.stream()
        .map(row -> date.apply(row).atOffset(ZoneOffset.UTC))
        .toArray(OffsetDateTime[]::new);
  }

  /** JSON text without U+0000, which jsonb refuses: one such entry would fail its whole batch. */
  private static String storable(JsonNode payload) {
    String json = Json.write(payload);
    return json.contains("\\u0000") ? Json.write(withoutNul(payload)) : json;
  }

  private static JsonNode withoutNul(JsonNode node) {
    return switch (node) {
      case TextNode text -> TextNode.valueOf(text.textValue().replace('\0', '\uFFFD'));
      case ObjectNode object -> {
        ObjectNode copy = object.objectNode();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
          copy.set(member.getKey().replace('\0', '\uFFFD'), withoutNul(member.getValue()));
        }
        yield copy;
      }
      case ArrayNode array -> {
        ArrayNode copy = array.arrayNode();
        array.forEach(item -> copy.add(withoutNul(item)));
        yield copy;
      }
      default -> node;
    };
  }
}
