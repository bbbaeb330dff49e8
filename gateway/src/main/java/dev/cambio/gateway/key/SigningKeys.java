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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The signing keys of every tenant, cached. Published are next, current and previous, not revoked.
 *
 * <p>Who verifies tokens may have fetched the key set a while ago, and may have got it from a node
 * that had not yet heard of the newest key. Therefore a key signs only after it has been published
 * for {@link #PUBLISHED_BEFORE_USE}; until then its predecessor goes on.
 */
public final class SigningKeys {
  /**
   * Longer than the key set may be old at who verifies: {@code max-age} and {@code
   * stale-while-revalidate} of its answer, and the time by which a node can miss a change.
   */
  static final Duration PUBLISHED_BEFORE_USE = Duration.ofSeconds(60);

  private static final String ALL = "all";

  private final Cached<String, List<SigningKey>> published;
  private final Cached<String, Set<String>> ids;
  private final Cached<KeyType, List<Promoted>> promoted;
  private final Cached<String, TokenSigner> signers;
  private final Cached<String, Boolean> oneAlgorithm;
  private final Clock clock;

  /** A key that is or was the current one. */
  private record Promoted(String kid, Instant publishedAt, boolean revoked) {
    static Promoted of(Row row) {
      return new Promoted(
          row.getString("kid"),
          row.getOffsetDateTime("created_at").toInstant(),
          row.getOffsetDateTime("revoked_at") != null);
    }
  }

  public SigningKeys(Database database, ConfigurationCaches caches, SecretSeal seal, Clock clock) {
    this.clock = clock;
    this.published =
        caches.cache(
            (tenantId, all) ->
                Optional.of(
                    database.list(
                        tenantId,
                        "select kid, kty, certificate from signing_key where tenant_id = $1"
                            + " and revoked_at is null order by kty <> 'RSA', kty, created_at",
                        SigningKeys::signingKey)));
    this.ids =
        caches.cache(
            (tenantId, all) ->
                Optional.of(
                    Set.copyOf(
                        database.list(
                            tenantId,
                            "select kid from signing_key where tenant_id = $1",
                            row -> row.getString("kid")))));
    this.promoted =
        caches.cache(
            (tenantId, type) ->
                Optional.of(
                    database.list(
                        tenantId,
                        """
                        select kid, created_at, revoked_at from signing_key
                        where tenant_id = $1 and kty = $2 and state <> 'next'
                        order by state = 'current' desc, current_since desc nulls last
                        """,
                        Promoted::of,
                        type.name())));
    this.signers =
        caches.cache(
            (tenantId, kid) ->
                database.first(
                    tenantId,
                    "select kid, kty, sealed_key from signing_key"
                        + " where tenant_id = $1 and kid = $2 and revoked_at is null",
                    row -> signer(tenantId, row, seal),
                    kid));
    this.oneAlgorithm =
        caches.cache(
            (tenantId, all) ->
                database.first(
                    tenantId,
                    """
                    select coalesce(t.settings #>> '{flags,remove_alg_from_jwks}', '') <> 'true'
                      and not exists (select 1 from resource_server r where r.tenant_id = t.id
                        and r.payload ->> 'signing_alg' in ('RS512', 'PS256'))
                      and not exists (select 1 from client c where c.tenant_id = t.id
                        and c.payload #>> '{jwt_configuration,alg}' in ('RS512', 'PS256'))
                    from tenant t join (values ($1)) as mine (tenant_id) on mine.tenant_id = t.id
                    """,
                    row -> row.getBoolean(0)));
  }

  /** The keys that verify this tenant's tokens, RSA first. */
  public List<SigningKey> published(String tenantId) {
    return published.get(tenantId, ALL).orElse(List.of());
  }

  public Optional<SigningKey> find(String tenantId, String kid) {
    return published(tenantId).stream().filter(key -> key.kid().equals(kid)).findFirst();
  }

  /** Whether a key of the tenant has that id, or had it until it was revoked. */
  public boolean hasId(String tenantId, String kid) {
    return ids.get(tenantId, ALL).orElse(Set.of()).contains(kid);
  }

  /**
   * Whether the key set may say of RSA keys which algorithm they are for. Not where the tenant
   * forbids it, nor where some tokens have another: libraries would refuse those.
   */
  public boolean tellsAlgorithm(String tenantId) {
    return oneAlgorithm.get(tenantId, ALL).orElse(true);
  }

  /**
   * Signs for the tenant with that algorithm.
   *
   * @throws IllegalArgumentException if no key of a tenant signs with it
   */
  public TokenSigner signer(String tenantId, String algorithm) {
    List<Promoted> keys = promoted.get(tenantId, KeyType.of(algorithm)).orElse(List.of());
    if (keys.isEmpty()) {
      throw new IllegalStateException("no key signs with " + algorithm + " for " + tenantId);
    }
    // What was read before may just have been revoked.
    return signers
        .get(tenantId, settled(keys).kid())
        .or(() -> signers.get(tenantId, keys.getFirst().kid()))
        .orElseThrow(() -> new IllegalStateException("no current signing key: " + tenantId));
  }

  /**
   * The newest key that has been published for long enough; the current one if there is none. Nor
   * is there any beyond a revoked one: what was replaced even before that must not come back.
   */
  private Promoted settled(List<Promoted> keys) {
    Instant latest = clock.instant().minus(PUBLISHED_BEFORE_USE);
    for (Promoted key : keys) {
      if (key.revoked()) {
        break;
      }
      if (!key.publishedAt().isAfter(latest)) {
        return key;
      }
    }
    return keys.getFirst();
  }

  private static TokenSigner signer(String tenantId, Row row, SecretSeal seal) {
    String kid = row.getString("kid");
    byte[] pkcs8 = seal.open(row.getBuffer("sealed_key").getBytes(), context(tenantId, kid));
    return TokenSigner.of(KeyType.valueOf(row.getString("kty")), kid, pkcs8);
  }

  private static SigningKey signingKey(Row row) {
    try {
      byte[] pem = row.getString("certificate").getBytes(StandardCharsets.US_ASCII);
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(pem));
      return new SigningKey(
          row.getString("kid"), KeyType.valueOf(row.getString("kty")), certificate);
    } catch (CertificateException e) {
      throw new IllegalStateException("a signing key's certificate is not readable", e);
    }
  }

  /** The {@link SecretSeal} context of a private key. */
  public static String context(String tenantId, String kid) {
    return "signing_key/" + tenantId + "/" + kid;
  }
}
