package dev.cambio.gateway.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stream that this node alone may deliver, for a while.
 *
 * @param token proves the right when progress is noted
 * @param cursor seq of the last entry that is done with
 * @param attempts failed ones of the batch after the cursor
 */
record StreamLease(
    String tenantId,
    String id,
    String token,
    String type,
    ObjectNode payload,
    @Nullable Buffer sealedSecrets,
    @Nullable OffsetDateTime startFrom,
    long cursor,
    int attempts) {

  static final String COLUMNS = "type, payload::text, sealed_secrets, start_from, cursor, attempts";

  static StreamLease of(String tenantId, String id, String token, Row row) {
    return new StreamLease(
        tenantId,
        id,
        token,
        row.getString("type"),
        Payload.object(row, "payload"),
        row.getBuffer("sealed_secrets"),
        row.getOffsetDateTime("start_from"),
        row.getLong("cursor"),
        row.getInteger("attempts"));
  }

  /** The same after a batch that is done with. */
  StreamLease at(long seq) {
    return new StreamLease(tenantId, id, token, type, payload, sealedSecrets, startFrom, seq, 0);
  }

  ObjectNode sink() {
    return Payload.member(payload, "sink");
  }

  /** Kinds of personal data that are to be masked. */
  Set<String> masked() {
    return Payload.strings(Payload.member(payload, "pii_config"), "log_fields");
  }

  /** Whether entries of that type and date are wanted. */
  boolean wants(String logType, OffsetDateTime date) {
    if (startFrom != null && date.isBefore(startFrom)) {
      return false;
    }
    Set<String> categories = new HashSet<>();
    payload.path("filters").forEach(filter -> categories.add(filter.path("name").asText()));
    return categories.isEmpty() || categories.contains(LogCategory.of(logType));
  }
}
