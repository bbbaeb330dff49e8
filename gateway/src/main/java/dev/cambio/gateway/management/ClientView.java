package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Clients as one call shows them: with secrets and keys only to those who may read them. */
final class ClientView {
  static final String COLUMNS = "c.client_id, c.name, c.payload::text, c.sealed_secret";

  private static final String KEYS_SCOPE = "read:client_keys";

  private final Call call;
  private final SecretSeal seal;
  private @Nullable ArrayNode loadedKeys;

  ClientView(Call call, SecretSeal seal) {
    this.call = call;
    this.seal = seal;
  }

  /** Whether the caller may see secrets. */
  boolean showsKeys() {
    return call.scopes().contains(KEYS_SCOPE);
  }

  /** A row of {@link #COLUMNS}, with the fields that the call asks for. */
  ObjectNode of(Row row) {
    return Fields.of(call, all(row, showsKeys()));
  }

  /** A row with its secret, for the one who just made it. */
  ObjectNode withSecret(Row row) {
    return all(row, true);
  }

  private ObjectNode all(Row row, boolean keys) {
    String clientId = row.getString("client_id");
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("tenant", call.tenant().id())
            .put("global", false)
            .put("client_id", clientId)
            .put("name", row.getString("name"));
    json.setAll(Payload.object(row, "payload"));
    if (!keys) {
      json.remove("encryption_key");
      return json;
    }
    Buffer secret = row.getBuffer("sealed_secret");
    if (secret != null) {
      byte[] plain =
          seal.open(secret.getBytes(), Clients.secretContext(call.tenant().id(), clientId));
      json.put("client_secret", new String(plain, StandardCharsets.UTF_8));
    }
    json.set("signing_keys", signingKeys());
    return json;
  }

  private ArrayNode signingKeys() {
    ArrayNode keys = loadedKeys;
    if (keys == null) {
      keys = JsonNodeFactory.instance.arrayNode();
      for (String pem : certificates()) {
        CertificateText certificate = CertificateText.of(pem);
        keys.addObject()
            .put("cert", pem)
            .put("pkcs7", certificate.pkcs7())
            .put("subject", certificate.subject());
      }
      loadedKeys = keys;
    }
    return keys;
  }

  private List<String> certificates() {
    return call.rows()
        .list(
            "select certificate from signing_key"
                + " where tenant_id = $1 and state = 'current' and kty = 'RSA'",
            row -> row.getString("certificate"));
  }
}
