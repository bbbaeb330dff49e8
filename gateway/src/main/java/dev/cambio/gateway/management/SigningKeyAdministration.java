package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.key.NewSigningKey;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign tokens (contract management-api §2.13): next becomes current, current becomes
 * previous, and previous keys verify until they are revoked.
 */
final class SigningKeyAdministration implements Operations.Resource {
  /** Published keys besides current and next; more of them must be revoked first. */
  private static final int MAX_PREVIOUS = 8;

  private static final String COLUMNS =
      "kid, state, certificate, current_since, current_until, revoked_at";

  private final SecretSeal seal;
  private final Ids ids;

  SigningKeyAdministration(SecretSeal seal, Ids ids) {
    this.seal = seal;
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listSigningKeys", SigningKeyAdministration::list)
        .on("getSigningKey", call -> Answer.of(view(require(call, ""))))
        .on("rotateSigningKeys", this::rotate)
        .on("revokeSigningKey", SigningKeyAdministration::revoke);
  }

  /** A stored key, its public half. */
  private record Stored(
      String kid,
      String state,
      String certificate,
      @Nullable OffsetDateTime since,
      @Nullable OffsetDateTime until,
      @Nullable OffsetDateTime revoked) {

    static Stored of(Row row) {
      return new Stored(
          row.getString("kid"),
          row.getString("state"),
          row.getString("certificate"),
          row.getOffsetDateTime("current_since"),
          row.getOffsetDateTime("current_until"),
          row.getOffsetDateTime("revoked_at"));
    }

    ObjectNode brief() {
      return JsonNodeFactory.instance.objectNode().put("cert", certificate).put("kid", kid);
    }
  }

  private static Answer list(Call call) {
    ArrayNode keys = JsonNodeFactory.instance.arrayNode();
    call.rows()
        .list(
            "select "
                + COLUMNS
                + " from signing_key where tenant_id = $1 order by created_at desc, kid",
            row -> keys.add(view(Stored.of(row))));
    return Answer.of(keys);
  }

  private Answer rotate(Call call) {
    // Made before the lock is held, since this takes a while.
    NewSigningKey next =
        NewSigningKey.generate(call.tenant().domain(), Clock.systemUTC(), ids.random());
    TenantRow.lock(call);
    requireRoom(call);
    call.rows()
        .execute(
            """
            update signing_key set state = 'previous', current_until = $2
            where tenant_id = $1 and state = 'current'
            """,
            call.now());
    Stored current =
        call.rows()
            .first(
                "update signing_key set state = 'current', current_since = $2"
                    + " where tenant_id = $1 and state = 'next' returning "
                    + COLUMNS,
                Stored::of,
                call.now())
            .orElseThrow(() -> new IllegalStateException("the tenant has no next key"));
    call.rows()
        .execute(
            """
            insert into signing_key (tenant_id, kid, state, certificate, sealed_key, created_at)
            values ($1, $2, 'next', $3, $4, $5)
            """,
            next.kid(),
            next.certificatePem(),
            Buffer.buffer(
                seal.seal(next.pkcs8(), SigningKeys.context(call.tenant().id(), next.kid()))),
            call.now());
    return Answer.of(current.brief());
  }

  private static void requireRoom(Call call) {
    long previous =
        call.rows()
            .first(
                "select count(*) from signing_key"
                    + " where tenant_id = $1 and state = 'previous' and revoked_at is null",
                row -> row.getLong(0))
            .orElse(0L);
    if (previous >= MAX_PREVIOUS) {
      throw ManagementException.of(
          403, "too_many_entities", "Revoke previous signing keys before you rotate again.");
    }
  }

  private static Answer revoke(Call call) {
    TenantRow.lock(call);
    Stored key = require(call, " for update");
    if (!key.state().equals("previous")) {
      throw ManagementException.invalidBody("Only a previous signing key can be revoked.");
    }
    if (key.revoked() != null) {
      throw ManagementException.invalidBody("The signing key is revoked already.");
    }
    call.rows()
        .execute(
            "update signing_key set revoked_at = $3 where tenant_id = $1 and kid = $2",
            key.kid(),
            call.now());
    return Answer.of(key.brief());
  }

  private static Stored require(Call call, String lock) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from signing_key where tenant_id = $1 and kid = $2" + lock,
            Stored::of,
            call.path("kid"))
        .orElseThrow(() -> ManagementException.notFound("signing_key", "Signing key not found."));
  }

  private static ObjectNode view(Stored key) {
    CertificateText certificate = CertificateText.of(key.certificate());
    ObjectNode json =
        key.brief()
            .put("pkcs7", certificate.pkcs7())
            .put("fingerprint", certificate.fingerprint())
            .put("thumbprint", certificate.thumbprint())
            .put("current", key.state().equals("current"))
            .put("next", key.state().equals("next"))
            .put("previous", key.state().equals("previous"))
            .put("revoked", key.revoked() != null);
    addDate(json, "current_since", key.since());
    addDate(json, "current_until", key.until());
    addDate(json, "revoked_at", key.revoked());
    return json;
  }

  private static void addDate(ObjectNode json, String name, @Nullable OffsetDateTime date) {
    if (date != null) {
      json.put(name, Dates.text(date));
    }
  }
}
