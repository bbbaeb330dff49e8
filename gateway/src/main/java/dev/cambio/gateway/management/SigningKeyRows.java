package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.key.KeyType;
import dev.cambio.gateway.key.NewSigningKey;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.store.TenantQueries;
import io.vertx.core.buffer.Buffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tenant's signing keys as rows: of each kind a current one and a next one. */
final class SigningKeyRows {
  private final SecretSeal seal;
  private final Clock clock;
  private final SecureRandom random;

  SigningKeyRows(SecretSeal seal, Clock clock, SecureRandom random) {
    this.seal = seal;
    this.clock = clock;
    this.random = random;
  }

  /** Makes what is missing, before anything is signed with it. */
  void ensure(TenantQueries rows, String domain, OffsetDateTime now) {
    for (KeyType type : KeyType.values()) {
      ensure(rows, type, "current", domain, now);
      ensure(rows, type, "next", domain, now);
    }
  }

  /**
   * The same where something is about to sign with that algorithm: a tenant from before there were
   * other keys than RSA has none of them yet.
   */
  void ensureFor(Call call, JsonNode algorithm) {
    String name = algorithm.asText();
    if (KeyType.EC.signs(name) || KeyType.OKP.signs(name)) {
      ensure(call.rows(), call.tenant().domain(), call.now());
    }
  }

  private void ensure(
      TenantQueries rows, KeyType type, String state, String domain, OffsetDateTime now) {
    if (!rows.exists(
        "select 1 from signing_key where tenant_id = $1 and kty = $2 and state = $3",
        type.name(),
        state)) {
      NewSigningKey key = NewSigningKey.generate(type, domain, clock, random);
      insert(rows, key, state, now, state.equals("current") ? now : null);
    }
  }

  /** One new key of each kind. To be made before rows are locked, since it takes a while. */
  List<NewSigningKey> generate(String domain) {
    return Arrays.stream(KeyType.values())
        .map(type -> NewSigningKey.generate(type, domain, clock, random))
        .toList();
  }

  /** Makes next keys current and current ones previous; the new keys are the next. */
  void rotate(TenantQueries rows, List<NewSigningKey> next, OffsetDateTime now) {
    rows.execute(
        """
        update signing_key set state = 'previous', current_until = $2
        where tenant_id = $1 and state = 'current'
        """,
        now);
    rows.execute(
        """
        update signing_key set state = 'current', current_since = $2
        where tenant_id = $1 and state = 'next'
        """,
        now);
    next.forEach(key -> insert(rows, key, "next", now, null));
  }

  private void insert(
      TenantQueries rows,
      NewSigningKey key,
      String state,
      OffsetDateTime now,
      @Nullable OffsetDateTime currentSince) {
    rows.execute(
        """
        insert into signing_key
          (tenant_id, kid, kty, state, certificate, sealed_key, created_at, current_since)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        key.kid(),
        key.type().name(),
        state,
        key.certificatePem(),
        Buffer.buffer(seal.seal(key.pkcs8(), SigningKeys.context(rows.tenantId(), key.kid()))),
        now,
        currentSince);
  }
}
