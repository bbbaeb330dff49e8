package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.management.UserRows.Identity;
import dev.cambio.gateway.user.Connection;
import dev.cambio.model.bus.Json;
import java.util.List;
import java.util.Set;

/** {@code POST /users}: a user with one identity (contract management-api §2.7). */
final class NewAccount {
  private static final List<String> PROFILE =
      List.of(
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

  private static final Set<String> PASSWORDLESS = Set.of("email", "sms");

  /** Where users are known to somebody else, and may be seeded here. */
  private static final Set<String> ENTERPRISE =
      Set.of("ad", "adfs", "samlp", "oidc", "okta", "waad", "google-apps", "pingfederate");

  private final Ids ids;
  private final Passwords passwords;

  NewAccount(Ids ids, Passwords passwords) {
    this.ids = ids;
    this.passwords = passwords;
  }

  Answer create(Call call) {
    ObjectNode body = call.object();
    Connection connection =
        UserRows.connection(call, body.path("connection").asText())
            .orElseThrow(() -> ManagementException.invalidBody("Connection does not exist."));
    requireUsable(call, connection);
    requireFitting(body, connection);
    String givenId = body.path("user_id").asText("");
    String idInConnection =
        call.chosenId()
            .map(chosen -> idOf(chosen, connection))
            .orElseGet(
                () -> connection.identityIdOf(givenId.isEmpty() ? ids.resourceServer() : givenId));
    String userId = connection.strategy() + "|" + idInConnection;
    ObjectNode payload =
        Connection.identity(connection.name(), connection.strategy(), idInConnection);
    Identity identity = new Identity(connection.name(), idInConnection, userId, 0, payload);
    insert(call, identity, body);
    String password = body.path("password").textValue();
    if (password != null) {
      passwords.store(call, identity, password);
    }
    return Answer.of(UserRows.require(call, userId));
  }

  private static void requireUsable(Call call, Connection connection) {
    if (!connection.payload().path("authentication").path("active").asBoolean(true)) {
      throw ManagementException.invalidBody("Connection is disabled.");
    }
    // An import says what its users are.
    boolean creatable =
        call.chosenId().isPresent()
            || isDatabaseOrPasswordless(connection)
            || ENTERPRISE.contains(connection.strategy());
    if (!creatable) {
      throw ManagementException.invalidBody(
          "Connection does not support user creation through the API. It must either be a database"
              + " or passwordless connection.");
    }
  }

  static boolean isDatabaseOrPasswordless(Connection connection) {
    return connection.strategy().equals("auth0") || PASSWORDLESS.contains(connection.strategy());
  }

  /** What the connection demands of its users, and what it cannot keep. */
  private static void requireFitting(ObjectNode body, Connection connection) {
    boolean database = connection.strategy().equals("auth0");
    if (body.has("password") && !database) {
      throw ManagementException.invalidBody(
          "Cannot set password for a connection that is no database.");
    }
    if (database && connection.hasFlexibleIdentifiers()) {
      UserRows.IDENTIFIERS.stream()
          .filter(kind -> connection.hasIdentifier(kind))
          .forEach(kind -> requirePresent(body, kind));
    } else if (database) {
      requirePresent(body, "email");
      requireUsernameFits(body, connection);
      if (body.has("phone_number")) {
        throw ManagementException.invalidBody(
            "Cannot set phone_number for connection without phone_number as identifier.");
      }
      if (connection.requiresUsername()) {
        requirePresent(body, "username");
      }
    } else if (connection.strategy().equals("email")) {
      requirePresent(body, "email");
    } else if (connection.strategy().equals("sms")) {
      requirePresent(body, "phone_number");
    }
  }

  static void requireUsernameFits(ObjectNode body, Connection connection) {
    boolean refused =
        connection.strategy().equals("auth0")
            && !connection.hasFlexibleIdentifiers()
            && !connection.requiresUsername();
    if (body.has("username") && refused) {
      throw ManagementException.invalidBody(
          "Cannot set username for connection without requires_username.");
    }
  }

  private static void requirePresent(ObjectNode body, String property) {
    if (!body.has(property)) {
      throw ManagementException.invalidBody(
          new Violation("", "Missing required property: " + property));
    }
  }

  private static String idOf(String chosen, Connection connection) {
    String prefix = connection.strategy() + "|";
    if (!chosen.startsWith(prefix) || chosen.length() == prefix.length()) {
      throw ManagementException.invalidBody(
          new Violation("user_id", "Must be '" + prefix + "' and an id"));
    }
    return chosen.substring(prefix.length());
  }

  private static void insert(Call call, Identity identity, ObjectNode body) {
    ObjectNode profile = profile(body);
    JsonNodeFactory json = JsonNodeFactory.instance;
    boolean blocked = body.path("blocked").asBoolean(false);
    if (!UserRows.insert(call, identity.userId(), profile, blocked)) {
      throw UserRows.exists();
    }
    call.rows()
        .execute(
            "update user_account set user_metadata = $3::text::jsonb, app_metadata ="
                + " $4::text::jsonb where tenant_id = $1 and user_id = $2",
            identity.userId(),
            Json.write(metadata(body, "user_metadata", json)),
            Json.write(metadata(body, "app_metadata", json)));
    int linked =
        call.rows()
            .execute(
                """
                insert into user_identity (tenant_id, connection, identity_user_id, user_id, payload)
                values ($1, $2, $3, $4, $5::text::jsonb) on conflict do nothing
                """,
                identity.connection(),
                identity.identityUserId(),
                identity.userId(),
                Json.write(identity.payload()));
    if (linked == 0) {
      throw UserRows.exists();
    }
    for (String kind : UserRows.IDENTIFIERS) {
      String value = profile.path(kind).textValue();
      if (value != null
          && !UserRows.claim(call, identity.connection(), kind, value, identity.userId())) {
        throw UserRows.exists();
      }
    }
  }

  private static ObjectNode metadata(ObjectNode body, String name, JsonNodeFactory json) {
    return UserRows.metadata(json.objectNode(), body.path(name), name);
  }

  private static ObjectNode profile(ObjectNode body) {
    ObjectNode profile = JsonNodeFactory.instance.objectNode();
    for (String attribute : PROFILE) {
      JsonNode value = body.get(attribute);
      if (value != null) {
        profile.set(attribute, value);
      }
    }
    if (profile.has("email") && !profile.has("email_verified")) {
      profile.put("email_verified", false);
    }
    if (profile.has("phone_number") && !profile.has("phone_verified")) {
      profile.put("phone_verified", false);
    }
    return profile;
  }
}
