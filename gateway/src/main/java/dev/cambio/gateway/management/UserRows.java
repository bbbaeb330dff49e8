package dev.cambio.gateway.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.user.Connection;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of users, those that exchanges read through {@code user.Users}. */
final class UserRows {
  /** What a user signs in by; unique in a connection. */
  static final List<String> IDENTIFIERS = List.of("email", "username", "phone_number");

  /** Most that either kind of metadata may come to, in bytes of JSON. */
  static final int MAX_METADATA = 256 * 1024;

  static final String COLUMNS =
      """
      u.user_id, u.profile::text, u.user_metadata::text, u.app_metadata::text, u.blocked,
      u.logins_count, u.last_login, u.last_ip, u.created_at, u.updated_at,
      (select jsonb_agg(i.payload order by i.position) from user_identity i
       where i.tenant_id = u.tenant_id and i.user_id = u.user_id)::text as identities,
      (select max(p.reset_at) from identity_password p
       join user_identity i using (tenant_id, connection, identity_user_id)
       where i.tenant_id = u.tenant_id and i.user_id = u.user_id and i.position = 0) as reset_at
      """;

  private UserRows() {}

  /**
   * An identity as stored.
   *
   * @param identityUserId the id within the connection
   * @param position 0 is the main one
   * @param payload the entry of {@code identities}
   */
  record Identity(
      String connection, String identityUserId, String userId, int position, ObjectNode payload) {

    static Identity of(Row row) {
      return new Identity(
          row.getString("connection"),
          row.getString("identity_user_id"),
          row.getString("user_id"),
          row.getInteger("position"),
          Payload.object(row, "payload"));
    }

    String provider() {
      return payload.path("provider").asText();
    }

    /** What is known of the user by this identity, if it is not the main one. */
    ObjectNode profileData() {
      return Payload.member(payload, "profileData").deepCopy();
    }
  }

  /** The user; refuses with 404 if there is none. */
  static ObjectNode require(Call call, String userId) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from user_account u where u.tenant_id = $1 and u.user_id = $2",
            UserRows::json,
            userId)
        .orElseThrow(UserRows::unknown);
  }

  /** Keeps others from changing the users until the call is done; tells which of them exist. */
  static Set<String> lock(Call call, String... userIds) {
    // In one order, so that two calls never wait for each other.
    return Set.copyOf(
        call.rows()
            .list(
                "select user_id from user_account where tenant_id = $1 and user_id = any($2)"
                    + " order by user_id for update",
                row -> row.getString(0),
                (Object) userIds));
  }

  static ManagementException unknown() {
    return ManagementException.notFound("user", "The user does not exist.");
  }

  static ManagementException exists() {
    return ManagementException.of(409, "auth0_idp_error", "The user already exists.");
  }

  /** The user's identities, the main one first. */
  static List<Identity> identities(Call call, String userId) {
    return call.rows()
        .list(
            "select connection, identity_user_id, user_id, position, payload::text"
                + " from user_identity where tenant_id = $1 and user_id = $2 order by position",
            Identity::of,
            userId);
  }

  /** A connection by name, with its clients left out. It is not deleted before the call is done. */
  static Optional<Connection> connection(Call call, String name) {
    return call.rows()
        .first(
            "select id, strategy, payload::text from connection"
                + " where tenant_id = $1 and name = $2 for key share",
            row ->
                new Connection(
                    row.getString("id"),
                    name,
                    row.getString("strategy"),
                    Payload.object(row, "payload"),
                    Set.of()),
            name);
  }

  /** Creates the account, without identities; false if the id is taken. */
  static boolean insert(Call call, String userId, ObjectNode profile, boolean blocked) {
    return call.rows()
            .execute(
                """
                insert into user_account
                  (tenant_id, user_id, profile, blocked, created_at, updated_at)
                values ($1, $2, $3::text::jsonb, $4, $5, $5) on conflict do nothing
                """,
                userId,
                Json.write(profile),
                blocked,
                call.now())
        == 1;
  }

  /** Makes an identifier the user's; false if it is another's. */
  static boolean claim(Call call, String connection, String kind, String value, String userId) {
    return call.rows()
            .execute(
                """
                insert into user_identifier (tenant_id, connection, kind, value, user_id)
                values ($1, $2, $3, $4, $5) on conflict do nothing
                """,
                connection,
                kind,
                fold(value),
                userId)
        == 1;
  }

  /** Gives an identifier back. */
  static void release(Call call, String connection, String kind, String value) {
    call.rows()
        .execute(
            "delete from user_identifier"
                + " where tenant_id = $1 and connection = $2 and kind = $3 and value = $4",
            connection,
            kind,
            fold(value));
  }

  /** Identifiers are unique without regard to case. */
  static String fold(String identifier) {
    return identifier.toLowerCase(Locale.ROOT);
  }

  /** The metadata with changes merged in; an empty object clears it. */
  static ObjectNode metadata(ObjectNode stored, JsonNode given, String name) {
    if (!(given instanceof ObjectNode changes)) {
      return stored;
    }
    ObjectNode merged = changes.isEmpty() ? changes.deepCopy() : Merge.shallow(stored, changes);
    if (Json.writeBytes(merged).length > MAX_METADATA) {
      throw ManagementException.invalidBody(
          "Payload validation error: "
              + new Violation(name, "Metadata is larger than " + MAX_METADATA + " bytes").text());
    }
    return merged;
  }

  /** The user as the API shows it (contract actions-runtime §5.1, management-api §2.7). */
  static ObjectNode json(Row row) {
    ObjectNode user = Payload.object(row, "profile");
    user.put("user_id", row.getString("user_id"));
    user.put("email_verified", user.path("email_verified").asBoolean(false));
    user.set("identities", array(row.getString("identities")));
    user.set("user_metadata", Payload.object(row, "user_metadata"));
    user.set("app_metadata", Payload.object(row, "app_metadata"));
    user.put("blocked", row.getBoolean("blocked"));
    user.put("logins_count", row.getLong("logins_count"));
    user.put("created_at", Dates.text(row.getOffsetDateTime("created_at")));
    user.put("updated_at", Dates.text(row.getOffsetDateTime("updated_at")));
    putDate(user, "last_login", row.getOffsetDateTime("last_login"));
    putDate(user, "last_password_reset", row.getOffsetDateTime("reset_at"));
    if (row.getString("last_ip") != null) {
      user.put("last_ip", row.getString("last_ip"));
    }
    return user;
  }

  private static void putDate(ObjectNode user, String name, @Nullable OffsetDateTime date) {
    if (date != null) {
      user.put(name, Dates.text(date));
    }
  }

  private static ArrayNode array(@Nullable String json) {
    try {
      return (ArrayNode) Json.parse(json == null ? "[]" : json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("identities are not JSON", e);
    }
  }
}
