package dev.cambio.gateway.files;

import dev.cambio.gateway.key.NewSigningKey;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sees to it that a tenant has a current and a next signing key. */
record KeyImport(ImportRun run) {

  void ensure(String domain, Clock clock) {
    ensure("current", domain, clock, run.now());
    ensure("next", domain, clock, null);
  }

  private void ensure(
      String state, String domain, Clock clock, @Nullable OffsetDateTime currentSince) {
    Optional<String> present =
        run.text("select kid from signing_key where tenant_id = $1 and state = $2", state);
    if (present.isPresent()) {
      return;
    }
    NewSigningKey key = NewSigningKey.generate(domain, clock, run.ids().random());
    String context = "signing_key/" + run.tenantId() + "/" + key.kid();
    run.write(
        "signing keys",
        """
        insert into signing_key (tenant_id, kid, state, certificate, sealed_key, created_at, current_since)
        values ($1, $2, $3, $4, $5, $6, $7)
        """,
        key.kid(),
        state,
        key.certificatePem(),
        run.sealed(key.pkcs8(), context, Optional.empty()),
        run.now(),
        currentSince);
  }
}
