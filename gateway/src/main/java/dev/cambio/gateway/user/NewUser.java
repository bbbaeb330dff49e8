package dev.cambio.gateway.user;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A user about to be created.
 *
 * @param identityUserId the id within the connection, as stored
 * @param profile what is known of the user
 */
record NewUser(
    Connection connection, String identityUserId, ObjectNode profile, Instant createdAt) {

  String userId() {
    return connection.userIdOf(identityUserId);
  }

  ObjectNode identity() {
    return Connection.identity(connection.name(), connection.strategy(), identityUserId);
  }
}
