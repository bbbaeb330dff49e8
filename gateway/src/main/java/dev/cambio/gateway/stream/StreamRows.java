package dev.cambio.gateway.stream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The state of deliveries in the database. A stream is leased to one worker of the cluster at a
 * time; who has lost the lease can note nothing any more. Times are the database's, so that nodes
 * need not agree on the time.
 */
final class StreamRows {
  static final int MAX_BATCH = 100;

  /** Much longer than one attempt may take. */
  private static final String LEASE = "interval '60 seconds'";

  /** Batches given up in a row after which a stream is suspended. */
  private static final int MAX_GIVEN_UP = 10;

  private static final int MAX_DUE = 100;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");

  private final Database database;

  StreamRows(Database database) {
    this.database = database;
  }

  /** A stream's name. */
  record StreamKey(String tenantId, String id) {}

  /**
   * Entries in the order of the log.
   *
   * @param last seq of the last one that was read, wanted or not
   */
  record Batch(List<ObjectNode> entries, long last) {}

  /** Streams with something to deliver that nobody is delivering. */
  List<StreamKey> due() {
    List<StreamKey> due = new ArrayList<>();
    for (Row row :
        database
            .withConnection(
                connection ->
                    connection
                        .query(
                            """
                            select tenant_id, id from log_stream s
                            where status = 'active' and next_attempt_at <= now()
                              and (leased_until is null or leased_until < now())
                              and exists (select 1 from tenant_log l
                                          where l.tenant_id = s.tenant_id and l.seq > s.cursor)
                            order by next_attempt_at limit %d
                            """
                                .formatted(MAX_DUE))
                        .execute())
            .await()) {
      due.add(new StreamKey(row.getString("tenant_id"), row.getString("id")));
    }
    return due;
  }

  /** Takes a stream, unless another worker was faster. */
  Optional<StreamLease> lease(StreamKey key) {
    String token = UUID.randomUUID().toString();
    return database.first(
        key.tenantId(),
        """
        update log_stream set lease = $3, leased_until = now() + %s
        where tenant_id = $1 and id = $2 and status = 'active' and next_attempt_at <= now()
          and (leased_until is null or leased_until < now())
        returning %s
        """
            .formatted(LEASE, StreamLease.COLUMNS),
        row -> StreamLease.of(key.tenantId(), key.id(), token, row),
        key.id(),
        token);
  }

  /** The next entries, as far as no earlier one can appear any more; empty if there is none. */
  Optional<Batch> next(StreamLease lease) {
    List<ObjectNode> entries = new ArrayList<>();
    List<Long> read =
        database.list(
            lease.tenantId(),
            """
            select seq, log_id, date, type, payload::text from tenant_log
            where tenant_id = $1 and seq > $2 and seq <= $3 order by seq limit %d
            """
                .formatted(MAX_BATCH),
            row -> {
              if (lease.wants(row.getString("type"), row.getOffsetDateTime("date"))) {
                entries.add(entry(row, lease));
              }
              return row.getLong("seq");
            },
            lease.cursor(),
            settled());
    return read.isEmpty() ? Optional.empty() : Optional.of(new Batch(entries, read.getLast()));
  }

  /** To be asked before the rows are read, as the function says. */
  private long settled() {
    Row row =
        database
            .withConnection(connection -> connection.query("select tenant_log_settled()").execute())
            .await()
            .iterator()
            .next();
    return row.getLong(0);
  }

  private static ObjectNode entry(Row row, StreamLease lease) {
    OffsetDateTime date = row.getOffsetDateTime("date").withOffsetSameInstant(ZoneOffset.UTC);
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("log_id", row.getString("log_id"))
            .put("date", DATE.format(date))
            .put("type", row.getString("type"));
    data.setAll(Payload.object(row, "payload"));
    PersonalData.mask(data, lease.masked());
    ObjectNode entry = JsonNodeFactory.instance.objectNode().put("log_id", row.getString("log_id"));
    entry.set("data", data);
    return entry;
  }

  /** Notes that everything up to that seq is delivered; false if the lease is lost. */
  boolean delivered(StreamLease lease, long last) {
    return 1
        == database.execute(
            lease.tenantId(),
            """
            update log_stream
            set cursor = $4, attempts = 0, given_up = 0, last_error = null,
                leased_until = now() + %s
            where tenant_id = $1 and id = $2 and lease = $3
            """
                .formatted(LEASE),
            lease.id(),
            lease.token(),
            last);
  }

  /** Notes that everything up to that seq needed no delivery; false if the lease is lost. */
  boolean passed(StreamLease lease, long last) {
    return 1
        == database.execute(
            lease.tenantId(),
            """
            update log_stream set cursor = $4, leased_until = now() + %s
            where tenant_id = $1 and id = $2 and lease = $3
            """
                .formatted(LEASE),
            lease.id(),
            lease.token(),
            last);
  }

  /** Notes a failed attempt and gives the lease back until the next. */
  void failed(StreamLease lease, String reason, Duration wait) {
    database.execute(
        lease.tenantId(),
        """
        update log_stream
        set attempts = attempts + 1, last_error = $4, lease = null, leased_until = null,
            next_attempt_at = now() + $5 * interval '1 millisecond'
        where tenant_id = $1 and id = $2 and lease = $3
        """,
        lease.id(),
        lease.token(),
        reason,
        wait.toMillis());
  }

  /** Notes that a batch is given up; false if the lease is lost or the stream suspended. */
  boolean givenUp(StreamLease lease, Batch batch, String reason) {
    return 1
        == database.execute(
            lease.tenantId(),
            """
            with changed as (
              update log_stream
              set cursor = $4, attempts = 0, given_up = given_up + 1, last_error = $5,
                  dead_letters = dead_letters + $6, leased_until = now() + %s,
                  status = case when given_up + 1 >= %d then 'suspended' else status end
              where tenant_id = $1 and id = $2 and lease = $3
              returning status)
            select 1 from changed where status = 'active'
            """
                .formatted(LEASE, MAX_GIVEN_UP),
            lease.id(),
            lease.token(),
            batch.last(),
            reason,
            (long) batch.entries().size());
  }

  /** Gives the lease back. */
  void release(StreamLease lease) {
    database.execute(
        lease.tenantId(),
        """
        update log_stream set lease = null, leased_until = null
        where tenant_id = $1 and id = $2 and lease = $3
        """,
        lease.id(),
        lease.token());
  }
}
