package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.key.KeyType;
import dev.cambio.gateway.key.NewSigningKey;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign tokens (contract management-api §2.13): next becomes current, current becomes
 * previous, and previous keys verify until they are revoked. Keys of every kind are rotated
 * together; shown first are those of RSA, the only ones that Auth0 has.
 */
final class SigningKeyAdministration implements Operations.Resource {
  /** Published keys of a kind besides current and next; more of them must be revoked first. */
  private static final int MAX_PREVIOUS = 8;

  private static final String COLUMNS =
      "kid, state, certificate, current_since, current_until, revoked_at";

  private final SigningKeyRows keys;

  SigningKeyAdministration(SigningKeyRows keys) {
    this.keys = keys;
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
                + " from signing_key where tenant_id = $1"
                + " order by kty <> 'RSA', created_at desc, kid",
            row -> keys.add(view(Stored.of(row))));
    return Answer.of(keys);
  }

  private Answer rotate(Call call) {
    List<NewSigningKey> next = keys.generate(call.tenant().domain());
    TenantRow.lock(call);
    requireRoom(call);
    keys.ensure(call.rows(), call.tenant().domain(), call.now());
    keys.rotate(call.rows(), next, call.now());
    Stored current =
        call.rows()
            .first(
                "select "
                    + COLUMNS
                    + " from signing_key where tenant_id = $1 and kty = $2 and state = 'current'",
                Stored::of,
                KeyType.RSA.name())
            .orElseThrow(() -> new IllegalStateException("the tenant has no current key"));
    return Answer.of(current.brief());
  }

  private static void requireRoom(Call call) {
    long previous =
        call.rows()
            .first(
                "select count(*) from signing_key where tenant_id = $1 and state = 'previous'"
                    + " and revoked_at is null group by kty order by 1 desc",
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
