package dev.cambio.gateway.user;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.model.action.ActionCommand;
import dev.cambio.model.bus.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What Actions asked to change in a user's metadata, last call for a key winning; JSON null removes
 * the key.
 */
public record MetadataChanges(ObjectNode app, ObjectNode user) {
  /** Most that either kind may take in one login, in bytes of JSON (contract §5.5). */
  private static final int MAX_BYTES = 32 * 1024;

  /** Collects the changes from commands. */
  public static MetadataChanges of(List<ActionCommand> commands) {
    ObjectNode app = JsonNodeFactory.instance.objectNode();
    ObjectNode user = JsonNodeFactory.instance.objectNode();
    for (ActionCommand command : commands) {
      if (command instanceof ActionCommand.SetAppMetadata(String key, JsonNode value)) {
        app.set(key, value);
      } else if (command instanceof ActionCommand.SetUserMetadata(String key, JsonNode value)) {
        user.set(key, value);
      }
    }
    return new MetadataChanges(app, user);
  }

  public boolean isEmpty() {
    return app.isEmpty() && user.isEmpty();
  }

  /** What is wrong with the changes; empty if they can be made. */
  public Optional<String> complaint() {
    if (!StorableText.isAllOf(app) || !StorableText.isAllOf(user)) {
      return Optional.of("metadata with the character U+0000 or half a surrogate pair");
    }
    return Json.writeBytes(app).length > MAX_BYTES || Json.writeBytes(user).length > MAX_BYTES
        ? Optional.of("more than 32 kB of metadata")
        : Optional.empty();
  }

  static String[] removed(ObjectNode changes) {
    return changes.properties().stream()
        .filter(change -> change.getValue().isNull())
        .map(Map.Entry::getKey)
        .toArray(String[]::new);
  }
}
