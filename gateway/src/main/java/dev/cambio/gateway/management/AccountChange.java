package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.management.UserRows.Identity;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.user.Connection;
import dev.cambio.model.bus.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code PATCH /users/{id}} (contract management-api §2.7). */
final class AccountChange {
  /** Only one of them can change in a call. */
  private static final List<String> ONE_AT_A_TIME =
      List.of("password", "email", "username", "phone_number");

  private static final List<String> PERSONAL =
      List.of("name", "given_name", "family_name", "nickname", "picture");

  private static final Map<String, String> VERIFIED =
      Map.of("email", "email_verified", "phone_number", "phone_verified");

  private static final Set<String> NOT_AT_EACH_LOGIN = Set.of("on_first_login", "never_on_login");

  private final Passwords passwords;

  AccountChange(Passwords passwords) {
    this.passwords = passwords;
  }

  private record Stored(
      ObjectNode profile, ObjectNode userMetadata, ObjectNode appMetadata, boolean blocked) {}

  Answer update(Call call) {
    String userId = call.path("id");
    Stored stored = stored(call, userId);
    Identity identity = identity(call, userId, call.object());
    // What belongs to a linked identity is kept with it, not in the user's own profile.
    boolean main = identity.position() == 0;
    ObjectNode profile = stored.profile().deepCopy();
    ObjectNode account = main ? profile : identity.profileData();
    ObjectNode body = changes(call.object(), profile, account);
    requireOneAtATime(body);
    requireChangeable(body, connection(call, identity));
    changeIdentifiers(call, body, identity, account);
    changePersonal(body, profile);
    write(call, userId, stored, profile);
    if (!main) {
      writeLinked(call, identity, account);
    }
    String password = body.path("password").textValue();
    if (password != null) {
      passwords.store(call, identity, password);
    }
    return Answer.of(UserRows.require(call, userId));
  }

  /** The body without what is so already: repeating it is no change, whatever may change. */
  private static ObjectNode changes(ObjectNode body, ObjectNode profile, ObjectNode account) {
    ObjectNode changes = body.deepCopy();
    PERSONAL.forEach(name -> removeIfSame(changes, name, profile));
    UserRows.IDENTIFIERS.forEach(name -> removeIfSame(changes, name, account));
    // A flag beside a new identifier is about the new one.
    VERIFIED.forEach(
        (identifier, flag) -> {
          if (!changes.has(identifier)) {
            removeIfSame(changes, flag, account);
          }
        });
    return changes;
  }

  private static void removeIfSame(ObjectNode changes, String name, ObjectNode stored) {
    JsonNode given = changes.get(name);
    if (given != null && (given.isNull() ? !stored.has(name) : given.equals(stored.get(name)))) {
      changes.remove(name);
    }
  }

  private static void changePersonal(ObjectNode body, ObjectNode profile) {
    for (String attribute : PERSONAL) {
      JsonNode given = body.get(attribute);
      if (given != null && given.isNull()) {
        profile.remove(attribute);
      } else if (given != null) {
        profile.set(attribute, given);
      }
    }
  }

  private static Stored stored(Call call, String userId) {
    return call.rows()
        .first(
            "select profile::text, user_metadata::text, app_metadata::text, blocked"
                + " from user_account where tenant_id = $1 and user_id = $2 for update",
            row ->
                new Stored(
                    Payload.object(row, "profile"),
                    Payload.object(row, "user_metadata"),
                    Payload.object(row, "app_metadata"),
                    row.getBoolean("blocked")),
            userId)
        .orElseThrow(UserRows::unknown);
  }

  private static void requireOneAtATime(ObjectNode body) {
    List<String> given = ONE_AT_A_TIME.stream().filter(body::has).toList();
    if (given.size() > 1) {
      throw ManagementException.invalidBody(
          "Cannot update " + given.get(0) + " and " + given.get(1) + " simultaneously");
    }
  }

  /** The identity that the call is about: the main one, or that of the connection it names. */
  private static Identity identity(Call call, String userId, ObjectNode body) {
    String connection = body.path("connection").textValue();
    return UserRows.identities(call, userId).stream()
        .filter(identity -> connection == null || identity.connection().equals(connection))
        .findFirst()
        .orElseThrow(
            () ->
                ManagementException.invalidBody(
                    new Violation("connection", "The user has no identity of this connection")));
  }

  /** A user may outlive the connection. */
  private static Connection connection(Call call, Identity identity) {
    return UserRows.connection(call, identity.connection())
        .orElseGet(
            () ->
                new Connection(
                    "", identity.connection(), identity.provider(), emptyObject(), Set.of()));
  }

  private static ObjectNode emptyObject() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** What somebody else says of users at each login cannot be changed here. */
  private static void requireChangeable(ObjectNode body, Connection connection) {
    NewAccount.requireUsernameFits(body, connection);
    if (body.has("password") && !connection.strategy().equals("auth0")) {
      throw notChangeable(List.of("password"), connection);
    }
    if (NewAccount.isDatabaseOrPasswordless(connection)) {
      return;
    }
    boolean ours =
        NOT_AT_EACH_LOGIN.contains(
            connection.payload().path("options").path("set_user_root_attributes").asText());
    List<String> refused =
        Stream.of(
                ONE_AT_A_TIME.stream(),
                VERIFIED.values().stream().sorted(),
                ours ? Stream.<String>empty() : PERSONAL.stream())
            .flatMap(names -> names)
            .filter(body::has)
            .toList();
    if (!refused.isEmpty()) {
      throw notChangeable(refused, connection);
    }
  }

  private static ManagementException notChangeable(List<String> names, Connection connection) {
    return ManagementException.of(
        400,
        "operation_not_supported",
        "The following user attributes cannot be updated: %s. The connection (%s) must either be a"
                .formatted(String.join(", ", names), connection.name())
            + " database connection (using the Auth0 store), a passwordless connection (email or"
            + " sms) or has disabled 'Sync user profile attributes at each login'.");
  }

  private static void changeIdentifiers(
      Call call, ObjectNode body, Identity identity, ObjectNode account) {
    for (String kind : UserRows.IDENTIFIERS) {
      String value = body.path(kind).textValue();
      if (value != null) {
        exchange(call, identity, kind, account.path(kind).textValue(), value);
        account.put(kind, value);
        if (VERIFIED.containsKey(kind)) {
          account.put(VERIFIED.get(kind), false);
        }
      }
    }
    for (String flag : VERIFIED.values()) {
      JsonNode given = body.get(flag);
      if (given != null) {
        account.set(flag, given);
      }
    }
  }

  private static void exchange(
      Call call, Identity identity, String kind, @Nullable String before, String value) {
    if (before != null && UserRows.fold(before).equals(UserRows.fold(value))) {
      return;
    }
    if (!UserRows.claim(call, identity.connection(), kind, value, identity.userId())) {
      throw ManagementException.of(
          400, "auth0_idp_error", "The specified new " + kind + " already exists");
    }
    if (before != null) {
      UserRows.release(call, identity.connection(), kind, before);
    }
  }

  private static void write(Call call, String userId, Stored stored, ObjectNode profile) {
    ObjectNode body = call.object();
    call.rows()
        .execute(
            """
            update user_account u
            set profile = $3::text::jsonb, user_metadata = $4::text::jsonb,
                app_metadata = $5::text::jsonb, blocked = $6, updated_at = $7
            where u.tenant_id = $1 and u.user_id = $2
              and (u.profile, u.user_metadata, u.app_metadata, u.blocked)
                is distinct from ($3::text::jsonb, $4::text::jsonb, $5::text::jsonb, $6)
            """,
            userId,
            Json.write(profile),
            Json.write(
                UserRows.metadata(
                    stored.userMetadata(), body.path("user_metadata"), "user_metadata")),
            Json.write(
                UserRows.metadata(stored.appMetadata(), body.path("app_metadata"), "app_metadata")),
            body.path("blocked").asBoolean(stored.blocked()),
            call.now());
  }

  private static void writeLinked(Call call, Identity identity, ObjectNode profileData) {
    if (profileData.equals(identity.profileData())) {
      return;
    }
    call.rows()
        .execute(
            """
            update user_identity
            set payload = payload || jsonb_build_object('profileData', $4::text::jsonb)
            where tenant_id = $1 and connection = $2 and identity_user_id = $3
            """,
            identity.connection(),
            identity.identityUserId(),
            Json.write(profileData));
    touch(call, identity.userId());
  }

  /** Something of the user's changed that is not in the row itself. */
  static void touch(Call call, String userId) {
    call.rows()
        .execute(
            "update user_account set updated_at = $3 where tenant_id = $1 and user_id = $2",
            userId,
            call.now());
  }
}
