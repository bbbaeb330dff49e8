package dev.cambio.gateway.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.Actions;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The secrets of an Action's draft.
 *
 * @param names in order
 * @param sealed the names and values, a JSON object
 */
record ActionSecrets(ArrayNode names, Buffer sealed) {
  private static final Schema SCHEMA = new Schema().strings("name", "value");
  private static final int MAX_SECRETS = 30;
  private static final int MAX_NAME = 128;
  private static final int MAX_VALUE = 4096;

  /** The secrets given; one without a value keeps the stored one (contract §4.2). */
  static ActionSecrets of(ImportRun run, Entry entry, String actionId) {
    Optional<byte[]> stored =
        run.bytes("select sealed_secrets from action where tenant_id = $1 and id = $2", actionId);
    String context = Actions.secretsContext(run.tenantId(), actionId);
    ObjectNode kept =
        stored
            .map(bytes -> parse(run.seal().open(bytes, context)))
            .orElseGet(JsonNodeFactory.instance::objectNode);
    // Sorted, so that another order in the file is no change.
    Map<String, String> secrets = new TreeMap<>();
    for (Entry secret : given(run, entry)) {
      String name = secret.text("name");
      secrets.put(
          name,
          secret
              .optionalText("value")
              .or(() -> Optional.ofNullable(kept.path(name).textValue()))
              .orElseThrow(() -> secret.at("value").problem("is required for a new secret")));
    }
    ArrayNode names = JsonNodeFactory.instance.arrayNode();
    secrets.keySet().forEach(names::add);
    return new ActionSecrets(names, run.sealed(Json.writeBytes(secrets), context, stored));
  }

  private static List<Entry> given(ImportRun run, Entry entry) {
    List<Entry> secrets = entry.distinct("secrets", "name");
    if (secrets.size() > MAX_SECRETS) {
      throw entry.at("secrets").problem("are more than 30");
    }
    for (Entry secret : secrets) {
      SCHEMA.check(secret);
      secret.length("name", 1, MAX_NAME);
      secret.length("value", 0, MAX_VALUE);
      run.checkSecret(secret, "value");
    }
    return secrets;
  }

  private static ObjectNode parse(byte[] json) {
    try {
      return (ObjectNode) Json.parse(json);
    } catch (IOException e) {
      throw new IllegalStateException("an Action's secrets are not readable", e);
    }
  }
}
