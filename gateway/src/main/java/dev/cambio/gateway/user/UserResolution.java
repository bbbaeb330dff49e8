package dev.cambio.gateway.user;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.error.OAuthException.UserBlocked;
import dev.cambio.gateway.log.Notifications;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.gateway.user.Users.ConnectionGone;
import dev.cambio.gateway.user.Users.IdentifierTaken;
import dev.cambio.model.action.ActionCommand.CreationBehavior;
import dev.cambio.model.action.ActionCommand.SetUserByConnection;
import dev.cambio.model.action.ActionCommand.UpdateBehavior;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Finds, creates or updates the user an Action named (contract token-endpoint §5). */
public final class UserResolution {
  private static final int MAX_CONNECTION_NAME = 512;

  private final Users users;
  private final Connections connections;
  private final Notifications notifications;
  private final Clock clock;

  public UserResolution(
      Users users, Connections connections, Notifications notifications, Clock clock) {
    this.users = users;
    this.connections = connections;
    this.notifications = notifications;
    this.clock = clock;
  }

  /** A user who may log in, and the connection the login counts for. */
  public record Resolved(User user, Connection connection) {

    /** Tells a log entry who logged in, and by which connection. */
    public void describeIn(ObjectNode entry) {
      entry
          .put("connection", connection.name())
          .put("connection_id", connection.id())
          .put("strategy", connection.strategy())
          .put("user_id", user.userId());
      user.attribute("name").ifPresent(name -> entry.put("user_name", name));
      user.identityAt(connection.name()).ifPresent(id -> entry.put("identity_user_id", id));
    }
  }

  /** Who began to log in by a connection, if they still may. */
  public Resolved again(String tenantId, Client client, String userId, String connectionName) {
    User user = notBlocked(users.find(tenantId, userId).orElseThrow(UserResolution::unresolved));
    Connection connection =
        connections
            .find(tenantId, connectionName)
            .orElseThrow(() -> new RequestInvalid("the connection was not found"));
    return new Resolved(user, enabled(connection, client));
  }

  /** {@code setUserById}: the user must exist; nothing is changed. */
  public Resolved byId(String tenantId, Client client, String userId) {
    Resolved resolved = ofToken(tenantId, userId);
    enabled(resolved.connection(), client);
    return resolved;
  }

  /** The user of a token of ours, who logged in before, by a connection of some other client. */
  public Resolved ofToken(String tenantId, String userId) {
    User user =
        notBlocked(
            Optional.of(userId)
                .filter(StorableText::is)
                .flatMap(id -> users.find(tenantId, id))
                .orElseThrow(UserResolution::unresolved));
    Connection connection =
        user.primaryConnection()
            .flatMap(name -> connections.find(tenantId, name))
            .orElseThrow(() -> new RequestInvalid("the connection was not found"));
    return new Resolved(user, connection);
  }

  /**
   * A user who has logged in before by that connection, which must still be theirs.
   *
   * @param connectionId of the connection as it was then
   * @param connectionName likewise
   */
  public Resolved again(
      String tenantId, Client client, String userId, String connectionId, String connectionName) {
    Resolved resolved = again(tenantId, client, userId, connectionName);
    if (!resolved.connection().id().equals(connectionId)) {
      throw new RequestInvalid("the connection was not found");
    }
    if (resolved.user().identityAt(connectionName).isEmpty()) {
      throw unresolved();
    }
    return resolved;
  }

  /** {@code setUserByConnection}, with its creation and update behaviour. */
  public Resolved byConnection(String tenantId, Client client, SetUserByConnection command) {
    Connection connection = usable(tenantId, client, command.connection());
    Attributes attributes = Attributes.of(command.attributes());
    Optional<User> found = users.findByIdentity(tenantId, connection, attributes.userId());
    User user =
        found.isPresent()
            ? update(tenantId, found.get(), connection, attributes, command.updateBehavior())
            : create(tenantId, connection, attributes, command);
    return new Resolved(notBlocked(user), connection);
  }

  private Connection usable(String tenantId, Client client, String name) {
    if (name.length() > MAX_CONNECTION_NAME) {
      throw Attributes.invalid("the connection name is too long");
    }
    Connection connection =
        Optional.of(name)
            .filter(StorableText::is)
            .flatMap(given -> connections.find(tenantId, given))
            .orElseThrow(() -> new RequestInvalid("the connection was not found"));
    if (!connection.supportsSetUser()) {
      throw Attributes.invalid("the connection's strategy or import mode is not supported");
    }
    return enabled(connection, client);
  }

  private static Connection enabled(Connection connection, Client client) {
    if (!connection.enabledClients().contains(client.clientId())) {
      throw new RequestInvalid(
          "the connection was disabled",
          "connection '%s' is not enabled for the client".formatted(connection.name()));
    }
    return connection;
  }

  private User update(
      String tenantId,
      User user,
      Connection connection,
      Attributes attributes,
      UpdateBehavior behavior) {
    if (behavior == UpdateBehavior.NONE || user.blocked()) {
      return user;
    }
    IdentityKey identity = IdentityKey.of(connection, attributes.userId());
    ObjectNode known = user.profileOf(identity);
    if (attributes.replacing(known).equals(known)) {
      return user;
    }
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    if (user.isPrimary(identity)) {
      users.changeProfile(tenantId, user.userId(), attributes::replacing, now);
    } else {
      users.changeLinkedProfile(tenantId, user.userId(), identity, attributes::replacing, now);
    }
    return users.find(tenantId, user.userId()).orElseThrow(UserResolution::unresolved);
  }

  private User create(
      String tenantId, Connection connection, Attributes attributes, SetUserByConnection command) {
    if (command.creationBehavior() == CreationBehavior.NONE) {
      throw unresolved();
    }
    attributes.requireIdentifiers(connection);
    NewUser user =
        new NewUser(
            connection,
            connection.identityIdOf(attributes.userId()),
            attributes.forCreation(),
            clock.instant());
    boolean created;
    try {
      created = users.create(tenantId, user);
    } catch (ConnectionGone e) {
      throw new RequestInvalid("the connection was not found");
    } catch (IdentifierTaken e) {
      throw Attributes.invalid("an identifier belongs to another user of the connection");
    }
    User found =
        users
            .findByIdentity(tenantId, connection, user.identityUserId())
            .orElseThrow(() -> Attributes.invalid("the user_id belongs to another connection"));
    if (created) {
      attributes
          .unverifiedEmail()
          .ifPresent(
              email ->
                  notifications.emailUnverified(
                      tenantId, found.userId(), connection.name(), email));
    }
    // Somebody was faster: then this is an existing user, and the update behaviour applies.
    return created
        ? found
        : update(tenantId, found, connection, attributes, command.updateBehavior());
  }

  private static User notBlocked(User user) {
    if (user.blocked()) {
      throw new UserBlocked();
    }
    return user;
  }

  /** What a login means that could not be counted: the user is blocked or gone by now. */
  public OAuthException lost(String tenantId, String userId) {
    boolean blocked = users.find(tenantId, userId).map(User::blocked).orElse(false);
    return blocked ? new UserBlocked() : unresolved();
  }

  private static RequestInvalid unresolved() {
    return new RequestInvalid("The user could not be resolved.");
  }
}
