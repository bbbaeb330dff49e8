package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.management.ManagementException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Users under {@code x-users}, our own addition to the format: created if missing, else brought to
 * what the file says. What it does not say stays: logins, metadata that Actions have set.
 */
record UserFiles(ImportRun run, ConnectionFiles connections) {
  private static final String KIND = "users";

  void importAll(Entry root) {
    run.each(root.distinct("x-users", "user_id"), this::importOne);
  }

  private void importOne(Entry entry) {
    String userId = entry.text("user_id");
    ObjectNode connection = connections.require(entry, "connection");
    String prefix = connection.path("strategy").asText() + "|";
    if (!userId.startsWith(prefix) || userId.length() == prefix.length()) {
      throw entry.at("user_id").problem("must be '" + prefix + "' and an id");
    }
    Map<String, String> id = Map.of("id", userId);
    Optional<ObjectNode> stored = find(id);
    if (stored.isEmpty()) {
      ObjectNode body = entry.without(Set.of("user_id"));
      body.put("user_id", userId.substring(prefix.length()));
      ObjectNode created = (ObjectNode) run.create(entry, "createUser", body, Optional.of(userId));
      run.report().created(KIND, userId, created);
      return;
    }
    String primary = stored.get().path("identities").path(0).path("connection").asText();
    if (!primary.equals(entry.text("connection"))) {
      throw entry.at("connection").problem("cannot change from '" + primary + "'");
    }
    ObjectNode body = entry.without(Set.of("user_id", "connection"));
    body.properties()
        .removeIf(member -> member.getValue().equals(stored.get().get(member.getKey())));
    ObjectNode updated =
        body.isEmpty() ? stored.get() : (ObjectNode) run.call(entry, "updateUser", id, body);
    run.report().written(KIND, userId, stored.get(), updated);
  }

  private Optional<ObjectNode> find(Map<String, String> id) {
    try {
      return Optional.of((ObjectNode) run.get("getUser", id));
    } catch (ManagementException e) {
      return Optional.empty();
    }
  }
}
