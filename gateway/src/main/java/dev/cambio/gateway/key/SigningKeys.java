package dev.cambio.gateway.key;

import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.sqlclient.Row;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * The signing keys of every tenant, cached. Published are next, current and previous, not revoked.
 */
public final class SigningKeys {
  private static final String ALL = "all";

  private final Cached<String, List<SigningKey>> published;
  private final Cached<String, TokenSigner> currentSigner;

  public SigningKeys(Database database, ConfigurationCaches caches, SecretSeal seal) {
    this.published =
        caches.cache(
            (tenantId, all) ->
                Optional.of(
                    database.list(
                        tenantId,
                        "select kid, certificate from signing_key"
                            + " where tenant_id = $1 and revoked_at is null order by created_at",
                        SigningKeys::signingKey)));
    this.currentSigner =
        caches.cache(
            (tenantId, all) ->
                database.first(
                    tenantId,
                    "select kid, sealed_key from signing_key"
                        + " where tenant_id = $1 and state = 'current' and revoked_at is null",
                    row -> signer(tenantId, row, seal)));
  }

  /** The keys that verify this tenant's tokens. */
  public List<SigningKey> published(String tenantId) {
    return published.get(tenantId, ALL).orElse(List.of());
  }

  public Optional<SigningKey> find(String tenantId, String kid) {
    return published(tenantId).stream().filter(key -> key.kid().equals(kid)).findFirst();
  }

  /** Signs with the tenant's current key. */
  public TokenSigner current(String tenantId) {
    return currentSigner
        .get(tenantId, ALL)
        .orElseThrow(() -> new IllegalStateException("no current signing key: " + tenantId));
  }

  private static TokenSigner signer(String tenantId, Row row, SecretSeal seal) {
    String kid = row.getString("kid");
    byte[] pkcs8 = seal.open(row.getBuffer("sealed_key").getBytes(), context(tenantId, kid));
    return TokenSigner.rsa(kid, pkcs8);
  }

  private static SigningKey signingKey(Row row) {
    try {
      byte[] pem = row.getString("certificate").getBytes(StandardCharsets.US_ASCII);
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(pem));
      return new SigningKey(row.getString("kid"), certificate);
    } catch (CertificateException e) {
      throw new IllegalStateException("a signing key's certificate is not readable", e);
    }
  }

  /** The {@link SecretSeal} context of a private key. */
  public static String context(String tenantId, String kid) {
    return "signing_key/" + tenantId + "/" + kid;
  }
}
