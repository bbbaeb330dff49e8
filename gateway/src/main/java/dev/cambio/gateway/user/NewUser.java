package dev.cambio.gateway.user;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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

  /** The entry of {@code identities[]} (contract token-endpoint §5.3). */
  ObjectNode identity() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("connection", connection.name())
        .put("provider", connection.strategy())
        .put("user_id", identityUserId)
        .put("isSocial", connection.isSocial());
  }
}
