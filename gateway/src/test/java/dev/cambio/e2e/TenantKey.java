package dev.cambio.e2e;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.key.KeyType;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.key.TokenSigner;
import dev.cambio.gateway.store.SecretSeal;
import java.util.Base64;
import java.util.UUID;

/** Signs as the contract tests' tenant does: tokens that it would not issue, but believe. */
final class TenantKey {
  private TenantKey() {}

  /** Claims of a valid access token for Jane, in the dialect of RFC 9068. */
  static ObjectNode claims(String audience) {
    long now = System.currentTimeMillis() / 1000;
    return JsonNodeFactory.instance
        .objectNode()
        .put("iss", TestNode.shared().contract())
        .put("sub", "auth0|jane")
        .put("aud", audience)
        .put("client_id", "app")
        .put("jti", UUID.randomUUID().toString())
        .put("iat", now)
        .put("exp", now + 300);
  }

  static String sign(ObjectNode claims) {
    return sign(claims, TokenSigner.ACCESS_TOKEN_JWT);
  }

  static String sign(ObjectNode claims, String type) {
    String row =
        TestNode.shared()
            .column(
                "select kid || ' ' || translate(encode(sealed_key, 'base64'), E'\\n', '')"
                    + " from signing_key where tenant_id = 'contract' and kty = 'RSA'"
                    + " and state = 'current'")
            .getFirst();
    String kid = row.split(" ")[0];
    byte[] key =
        SecretSeal.of(new byte[SecretSeal.MASTER_KEY_BYTES])
            .open(
                Base64.getDecoder().decode(row.split(" ")[1]),
                SigningKeys.context("contract", kid));
    return TokenSigner.of(KeyType.RSA, kid, key).sign(claims, "RS256", type);
  }
}
