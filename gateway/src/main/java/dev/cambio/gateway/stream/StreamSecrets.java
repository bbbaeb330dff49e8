package dev.cambio.gateway.stream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.model.bus.Json;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The secret part of a sink at rest: {@code {httpAuthorization, headers: {name: value}}}, sealed.
 */
public final class StreamSecrets {
  private final SecretSeal seal;

  public StreamSecrets(SecretSeal seal) {
    this.seal = seal;
  }

  /** The secrets of a stream; an empty object if it has none. */
  public ObjectNode open(String tenantId, String id, @Nullable Buffer sealed) {
    if (sealed == null) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      return (ObjectNode) Json.parse(seal.open(sealed.getBytes(), context(tenantId, id)));
    } catch (IOException e) {
      throw new IllegalStateException("sealed secrets are not JSON", e);
    }
  }

  /** Seals secrets; null if there are none. */
  public @Nullable Buffer seal(String tenantId, String id, ObjectNode secrets) {
    return secrets.isEmpty()
        ? null
        : Buffer.buffer(
            seal.seal(Json.write(secrets).getBytes(StandardCharsets.UTF_8), context(tenantId, id)));
  }

  private static String context(String tenantId, String id) {
    return "log_stream/" + tenantId + "/" + id;
  }
}
