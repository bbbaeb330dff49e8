package dev.cambio.gateway.tenant;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.user.Connection;
import dev.cambio.model.bus.Json;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Users under {@code x-users}, our own addition to the format: created if missing, their profile
 * and metadata set to what the file says. Logins are left alone.
 */
record UserImport(ImportRun run) {
  private static final List<String> IDENTIFIERS = List.of("email", "username", "phone_number");
  private static final Set<String> NOT_PROFILE =
      Set.of("user_id", "connection", "app_metadata", "user_metadata", "blocked");
  private static final Set<String> KNOWN =
      Set.of(
          "user_id",
          "connection",
          "app_metadata",
          "user_metadata",
          "blocked",
          "email",
          "email_verified",
          "username",
          "phone_number",
          "phone_verified",
          "name",
          "given_name",
          "family_name",
          "nickname",
          "picture");

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

  void importAll(Entry root) {
    for (Entry entry : root.list("x-users")) {
      entry.requireKnown(KNOWN);
      importOne(entry);
    }
  }

  private void importOne(Entry entry) {
    String userId = entry.text("user_id");
    String name = entry.text("connection");
    String strategy =
        run.text("select strategy from connection where tenant_id = $1 and name = $2", name)
            .orElseThrow(
                () -> entry.at("connection").problem("no connection named '" + name + "'"));
    if (!userId.startsWith(strategy + "|")) {
      throw entry.at("user_id").problem("must start with '" + strategy + "|'");
    }
    ObjectNode profile = entry.payload(JsonNodeFactory.instance.objectNode(), NOT_PROFILE);
    run.write(
        "users",
        UPSERT,
        userId,
        Json.write(profile),
        Json.write(entry.object("app_metadata").json()),
        Json.write(entry.object("user_metadata").json()),
        entry.flag("blocked", false),
        run.now());
    String identityId = userId.substring(strategy.length() + 1);
    writeIdentity(name, strategy, userId, identityId);
    for (String kind : IDENTIFIERS) {
      entry.optionalText(kind).ifPresent(value -> writeIdentifier(name, kind, value, userId));
    }
  }

  private void writeIdentity(String connection, String strategy, String userId, String identityId) {
    boolean social =
        new Connection("", connection, strategy, JsonNodeFactory.instance.objectNode(), Set.of())
            .isSocial();
    ObjectNode identity =
        JsonNodeFactory.instance
            .objectNode()
            .put("connection", connection)
            .put("provider", strategy)
            .put("user_id", identityId)
            .put("isSocial", social);
    run.queries()
        .execute(
            run.tenantId(),
            """
            insert into user_identity (tenant_id, connection, identity_user_id, user_id, payload)
            values ($1, $2, $3, $4, $5::text::jsonb) on conflict do nothing
            """,
            connection,
            identityId,
            userId,
            Json.write(identity));
  }

  private void writeIdentifier(String connection, String kind, String value, String userId) {
    run.queries()
        .execute(
            run.tenantId(),
            """
            insert into user_identifier (tenant_id, connection, kind, value, user_id)
            values ($1, $2, $3, $4, $5) on conflict do nothing
            """,
            connection,
            kind,
            value.toLowerCase(Locale.ROOT),
            userId);
  }
}
