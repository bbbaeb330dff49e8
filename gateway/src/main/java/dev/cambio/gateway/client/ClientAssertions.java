package dev.cambio.gateway.client;

import dev.cambio.gateway.client.ClientCredentials.Assertion;
import dev.cambio.gateway.error.OAuthException.AssertionInvalid;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.tenant.Tenant;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Accepts assertions that clients sign with their own key (RFC 7523 §3, contract token-endpoint
 * §1.2), each once: PostgreSQL decides which of several requests was first.
 */
final class ClientAssertions {
  private static final long MAX_LIFETIME_SECONDS = 300;
  private static final long SKEW_SECONDS = 10;
  private static final int MAX_JTI = 512;

  /** Each new one takes some that have expired with it, so that no job has to. */
  private static final String USE =
      """
      with expired as (
        delete from client_assertion where tenant_id = $1 and (client_id, jti_hash) in (
          select client_id, jti_hash from client_assertion
          where tenant_id = $1 and expires_at < $5
          order by expires_at limit 10 for update skip locked)
      )
      insert into client_assertion (tenant_id, client_id, jti_hash, expires_at)
      values ($1, $2, $3, $4) on conflict do nothing
      """;

  private final JwtSignatures signatures;
  private final Database database;
  private final Clock clock;

  ClientAssertions(JwtSignatures signatures, Database database, Clock clock) {
    this.signatures = signatures;
    this.database = database;
    this.clock = clock;
  }

  /**
   * Throws unless the client has just made the assertion for this tenant.
   *
   * @param issuer that the request speaks to
   */
  void require(Tenant tenant, String issuer, Client client, Assertion assertion) {
    SignedJwt token = assertion.token();
    Instant now = clock.instant();
    requireSigned(client, token, now);
    String id;
    long expiry;
    try {
      expiry = requireClaims(tenant, issuer, client, token, now.getEpochSecond());
      id = token.text("jti");
    } catch (Invalid e) {
      throw new AssertionInvalid("client_assertion: " + e.reason());
    }
    if (id.length() > MAX_JTI) {
      throw new AssertionInvalid("client_assertion: jti is too long");
    }
    requireFirstUse(tenant, client, id, Instant.ofEpochSecond(expiry + SKEW_SECONDS), now);
  }

  /** Says no more than that, so that nobody learns from it which clients there are. */
  static AssertionInvalid refused(String detail) {
    return new AssertionInvalid("The client assertion is not valid", detail);
  }

  private void requireSigned(Client client, SignedJwt token, Instant now) {
    for (ClientKey key : client.keys()) {
      if (key.isMeantBy(token.kid()) && key.isValid(now)) {
        try {
          signatures.requirePem(key.pem(), key.algorithm(), token);
          return;
        } catch (Invalid e) {
          // Another key may be meant: while keys are changed, a client has two.
        }
      }
    }
    throw refused("no valid key of client '%s' signed the assertion".formatted(client.clientId()));
  }

  /** The assertion's {@code exp}. */
  private static long requireClaims(
      Tenant tenant, String issuer, Client client, SignedJwt token, long now) throws Invalid {
    if (!token.text("iss").equals(client.clientId())
        || !token.text("sub").equals(client.clientId())) {
      throw new Invalid("iss and sub must be the client_id");
    }
    if (!tenant.isIssuer(token.audience()) || !haveOneScheme(token.audience(), issuer)) {
      throw new Invalid("aud must be this server's issuer");
    }
    long expiry = token.seconds("exp");
    if (expiry <= now) {
      throw new Invalid("expired");
    }
    boolean dated = token.claims().has("iat");
    long issued = dated ? token.seconds("iat") : now;
    long from = token.claims().has("nbf") ? token.seconds("nbf") : now;
    if (issued > now + SKEW_SECONDS || from > now + SKEW_SECONDS) {
      throw new Invalid("not valid yet");
    }
    boolean tooLong = dated && issued < expiry - MAX_LIFETIME_SECONDS;
    if (tooLong || expiry > now + MAX_LIFETIME_SECONDS + SKEW_SECONDS) {
      throw new Invalid("valid for more than five minutes");
    }
    return expiry;
  }

  /** A tenant has an issuer at each of its hosts, and over plain HTTP another than over TLS. */
  private static boolean haveOneScheme(String url, String other) {
    return url.startsWith("https:") == other.startsWith("https:");
  }

  private void requireFirstUse(
      Tenant tenant, Client client, String id, Instant expiry, Instant now) {
    int first =
        database.execute(tenant.id(), USE, client.clientId(), sha256(id), date(expiry), date(now));
    if (first == 0) {
      throw new AssertionInvalid("client_assertion: used before");
    }
  }

  private static OffsetDateTime date(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
