package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import java.util.List;

/** Users as lists of members show them. */
final class Members {
  private static final List<String> SHOWN = List.of("email", "name", "picture");

  private Members() {}

  /** {@code user_id}, {@code email}, {@code name} and {@code picture}, what is known of them. */
  static ObjectNode summary(Row row) {
    ObjectNode profile = Payload.object(row, "profile");
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("user_id", row.getString("user_id"));
    for (String name : SHOWN) {
      if (profile.path(name).isTextual()) {
        json.put(name, profile.path(name).textValue());
      }
    }
    return json;
  }

  /** The id, if there is such a user, who is not deleted meanwhile. */
  static String requireUser(Call call, String userId) {
    return require(call, userId, "key share");
  }

  /** The same for one call at a time, so that what it counts of the user's is all there is. */
  static String lockUser(Call call, String userId) {
    return require(call, userId, "no key update");
  }

  private static String require(Call call, String userId, String lock) {
    boolean known =
        call.rows()
            .exists(
                "select 1 from user_account where tenant_id = $1 and user_id = $2 for " + lock,
                userId);
    if (!known) {
      throw ManagementException.notFound("user", "The user does not exist.");
    }
    return userId;
  }
}
