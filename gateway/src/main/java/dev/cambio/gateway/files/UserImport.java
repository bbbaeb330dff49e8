package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.management.Merge;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.user.Connection;
import dev.cambio.model.bus.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Users under {@code x-users}, our own addition to the format: created if missing, else brought to
 * what the file says. What it does not say stays: logins, a block, metadata that Actions have set.
 */
record UserImport(ImportRun run) {
  private static final List<String> IDENTIFIERS = List.of("email", "username", "phone_number");
  private static final Set<String> NOT_PROFILE =
      Set.of("user_id", "connection", "app_metadata", "user_metadata", "blocked");
  private static final Schema SCHEMA =
      new Schema()
          .strings(
              "user_id",
              "connection",
              "email",
              "username",
              "phone_number",
              "name",
              "given_name",
              "family_name",
              "nickname",
              "picture")
          .flags("email_verified", "phone_verified", "blocked")
          .mappings("app_metadata", "user_metadata");

  private static final String UPSERT =
      """
      insert into user_account as u
        (tenant_id, user_id, profile, app_metadata, user_metadata, blocked, created_at, updated_at)
      values ($1, $2, $3::text::jsonb, $4::text::jsonb, $5::text::jsonb, $6, $7, $7)
      on conflict (tenant_id, user_id) do update
      set profile = excluded.profile, app_metadata = excluded.app_metadata,
          user_metadata = excluded.user_metadata, blocked = excluded.blocked,
          updated_at = excluded.updated_at
      where (u.profile, u.app_metadata, u.user_metadata, u.blocked)
        is distinct from
          (excluded.profile, excluded.app_metadata, excluded.user_metadata, excluded.blocked)
      """;

  private record Stored(
      ObjectNode profile, ObjectNode appMetadata, ObjectNode userMetadata, boolean blocked) {
    static Stored nothing() {
      JsonNodeFactory json = JsonNodeFactory.instance;
      return new Stored(json.objectNode(), json.objectNode(), json.objectNode(), false);
    }
  }

  void importAll(Entry root) {
    for (Entry entry : root.distinct("x-users", "user_id")) {
      SCHEMA.check(entry);
      importOne(entry);
    }
  }

  private void importOne(Entry entry) {
    String userId = entry.text("user_id");
    String connection = entry.text("connection");
    String strategy =
        run.text("select strategy from connection where tenant_id = $1 and name = $2", connection)
            .orElseThrow(
                () -> entry.at("connection").problem("no connection named '" + connection + "'"));
    if (!userId.startsWith(strategy + "|") || userId.length() == strategy.length() + 1) {
      throw entry.at("user_id").problem("must be '" + strategy + "|' and an id");
    }
    Stored stored = stored(userId);
    ObjectNode given = entry.payload(JsonNodeFactory.instance.objectNode(), NOT_PROFILE);
    run.write(
        "users",
        UPSERT,
        userId,
        Json.write(Merge.shallow(stored.profile(), given)),
        Json.write(Merge.shallow(stored.appMetadata(), entry.object("app_metadata").json())),
        Json.write(Merge.shallow(stored.userMetadata(), entry.object("user_metadata").json())),
        entry.flag("blocked", stored.blocked()),
        run.now());
    writeIdentity(entry, connection, strategy);
    for (String kind : IDENTIFIERS) {
      entry.optionalText(kind).ifPresent(value -> writeIdentifier(entry, connection, kind, value));
    }
  }

  private Stored stored(String userId) {
    return run.queries()
        .first(
            run.tenantId(),
            "select profile::text, app_metadata::text, user_metadata::text, blocked"
                + " from user_account where tenant_id = $1 and user_id = $2 for update",
            row ->
                new Stored(
                    Payload.object(row, "profile"),
                    Payload.object(row, "app_metadata"),
                    Payload.object(row, "user_metadata"),
                    row.getBoolean("blocked")),
            userId)
        .orElseGet(Stored::nothing);
  }

  private void writeIdentity(Entry entry, String connection, String strategy) {
    String userId = entry.text("user_id");
    String identityId = userId.substring(strategy.length() + 1);
    Optional<String> owner =
        run.text(
            "select user_id from user_identity"
                + " where tenant_id = $1 and connection = $2 and identity_user_id = $3",
            connection,
            identityId);
    if (owner.isPresent()) {
      if (!owner.get().equals(userId)) {
        throw entry.at("user_id").problem("is an identity of user '" + owner.get() + "'");
      }
      return;
    }
    if (run.exists(
        "select user_id from user_identity where tenant_id = $1 and user_id = $2 and position = 0",
        userId)) {
      throw entry.at("connection").problem("cannot change for user '" + userId + "'");
    }
    ObjectNode identity = Connection.identity(connection, strategy, identityId);
    run.queries()
        .execute(
            run.tenantId(),
            """
            insert into user_identity (tenant_id, connection, identity_user_id, user_id, payload)
            values ($1, $2, $3, $4, $5::text::jsonb)
            """,
            connection,
            identityId,
            userId,
            Json.write(identity));
  }

  private void writeIdentifier(Entry entry, String connection, String kind, String value) {
    String userId = entry.text("user_id");
    String folded = value.toLowerCase(Locale.ROOT);
    Optional<String> owner =
        run.text(
            "select user_id from user_identifier"
                + " where tenant_id = $1 and connection = $2 and kind = $3 and value = $4",
            connection,
            kind,
            folded);
    if (owner.filter(userId::equals).isPresent()) {
      return;
    }
    if (owner.isPresent()) {
      throw entry.at(kind).problem("belongs to user '" + owner.get() + "' of the connection");
    }
    // The user's former email, username or phone number.
    run.queries()
        .execute(
            run.tenantId(),
            "delete from user_identifier"
                + " where tenant_id = $1 and connection = $2 and kind = $3 and user_id = $4",
            connection,
            kind,
            userId);
    run.queries()
        .execute(
            run.tenantId(),
            """
            insert into user_identifier (tenant_id, connection, kind, value, user_id)
            values ($1, $2, $3, $4, $5)
            """,
            connection,
            kind,
            folded,
            userId);
  }
}
