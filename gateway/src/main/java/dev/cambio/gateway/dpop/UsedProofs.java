package dev.cambio.gateway.dpop;

import dev.cambio.gateway.store.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * DPoP proofs that were used (RFC 9449 §11.1), by hash, until nobody could send them again.
 * PostgreSQL decides which of several requests was first, on whichever node and side of a split.
 */
final class UsedProofs {
  /** Each new one takes some that have expired with it, so that no job has to. */
  private static final String USE =
      """
      with expired as (
        delete from dpop_proof where tenant_id = $1 and proof_hash in (
          select proof_hash from dpop_proof
          where tenant_id = $1 and expires_at < $4
          order by expires_at limit 10 for update skip locked)
      )
      insert into dpop_proof (tenant_id, proof_hash, expires_at)
      values ($1, $2, $3) on conflict do nothing
      """;

  private final Database database;
  private final Duration life;
  private final Clock clock;

  /**
   * Those of all nodes.
   *
   * @param life for how long one might be sent again
   */
  UsedProofs(Database database, Duration life, Clock clock) {
    this.database = database;
    this.life = life;
    this.clock = clock;
  }

  /**
   * Whether this is the first use of a proof; from now on there is no other.
   *
   * @param thumbprint of its key
   * @param id its {@code jti}
   */
  boolean isFirst(String tenantId, String thumbprint, String id) {
    Instant now = clock.instant();
    byte[] proof = sha256(thumbprint + '\n' + id);
    return database.execute(tenantId, USE, proof, date(now.plus(life)), date(now)) == 1;
  }

  private static OffsetDateTime date(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
