package dev.cambio.gateway.files;

import dev.cambio.gateway.management.Ids;
import dev.cambio.gateway.store.Queries;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One import, in its transaction. Every write is an upsert that touches a row only if something
 * differs, so that importing the same files again changes nothing.
 */
record ImportRun(
    Queries queries,
    String tenantId,
    SecretSeal seal,
    Ids ids,
    OffsetDateTime now,
    boolean allowSampleSecrets,
    ImportReport report) {

  /** Writes one entity and counts it. */
  void write(String kind, String sql, @Nullable Object... parameters) {
    report.count(kind, queries.execute(tenantId, sql, parameters) > 0);
  }

  /** One text column of the first row. */
  Optional<String> text(String sql, @Nullable Object... parameters) {
    return queries.first(tenantId, sql, row -> row.getString(0), parameters);
  }

  /** Complains about a secret that is published, unless this is the quickstart. */
  void checkSecret(Entry entry, String member) {
    if (!allowSampleSecrets) {
      SampleSecrets.refuse(entry, member);
    }
  }

  /** Whether there is such a row. */
  boolean exists(String sql, @Nullable Object... parameters) {
    return text(sql, parameters).isPresent();
  }

  /** One bytea column of the first row. */
  Optional<byte[]> bytes(String sql, @Nullable Object... parameters) {
    return queries
        .first(
            tenantId,
            sql,
            (Row row) -> Optional.ofNullable(row.getBuffer(0)).map(Buffer::getBytes),
            parameters)
        .flatMap(found -> found);
  }

  /**
   * The sealed form of a secret: the stored one if it holds the same, since sealing anew always
   * gives other bytes.
   */
  Buffer sealed(byte[] plain, String context, Optional<byte[]> stored) {
    return Buffer.buffer(
        stored
            .filter(bytes -> Arrays.equals(seal.open(bytes, context), plain))
            .orElseGet(() -> seal.seal(plain, context)));
  }
}
