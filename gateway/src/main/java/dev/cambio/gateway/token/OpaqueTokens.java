package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.model.bus.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that only this server can read (contract token-endpoint §4.6, §7.6): 216 random bits, kept
 * by their hash. They end with their time, their client and their user.
 */
public final class OpaqueTokens {
  /** How they begin, so that they are known within other text without a look into the database. */
  public static final String PREFIX = "cambio_";

  /** Characters of one. */
  public static final int LENGTH = 43;

  private static final int BYTES = 27;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{" + LENGTH + "}");

  /** What a token is good for. */
  enum Kind {
    ACCESS_TOKEN,
    SESSION_TRANSFER_TOKEN;

    String column() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Each new token takes some that have expired with it, so that no job has to. */
  private static final String INSERT =
      """
      with expired as (
        delete from opaque_token where tenant_id = $1 and token_hash = any (array(
          select token_hash from opaque_token where tenant_id = $1 and expires_at < $8
          order by expires_at limit 10 for update skip locked))
      )
      insert into opaque_token
        (tenant_id, token_hash, kind, client_id, user_id, payload, expires_at)
      select $1, $2, $3, c.client_id, u.user_id, $6::text::jsonb, $7
      from client c join user_account u on u.tenant_id = c.tenant_id
      where c.tenant_id = $1 and c.client_id = $4 and u.user_id = $5
      for key share
      """;

  private static final String FIND =
      """
      select payload::text from opaque_token
      where tenant_id = $1 and token_hash = $2 and kind = $3 and expires_at > $4
      """;

  private static final String REVOKE =
      """
      delete from opaque_token
      where tenant_id = $1 and token_hash = $2 and kind = $3 and client_id = $4
      """;

  private static final String REMEMBER_CLAIMS =
      """
      insert into userinfo_claims (tenant_id, user_id, client_id, claims)
      select $1, u.user_id, c.client_id, $4::text::jsonb
      from client c join user_account u on u.tenant_id = c.tenant_id
      where c.tenant_id = $1 and u.user_id = $2 and c.client_id = $3
      for key share
      on conflict (tenant_id, user_id, client_id) do update set claims = excluded.claims
      where userinfo_claims.claims is distinct from excluded.claims
      """;

  private static final String CLAIMS =
      """
      select claims::text as payload from userinfo_claims
      where tenant_id = $1 and user_id = $2 and client_id = $3
      """;

  private final Database database;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  public OpaqueTokens(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** A new token for the grant's user and client; refuses if one of them is gone. */
  String issue(Kind kind, TokenGrant grant, ObjectNode payload) {
    requireStorable(payload);
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    OffsetDateTime now = now();
    int stored =
        database.execute(
            grant.tenantId(),
            INSERT,
            (Object) hash(token),
            kind.column(),
            grant.client().clientId(),
            grant.subject(),
            Json.write(payload),
            now.plusSeconds(grant.target().tokenLifetime()),
            now);
    if (stored == 0) {
      throw new RequestInvalid("The user could not be resolved.", "user or client is deleted");
    }
    return token;
  }

  /**
   * Whether a token looks like one of ours, so that it is worth asking the database. Those from
   * before there was a prefix do as well.
   */
  public static boolean isPlausible(String token) {
    return FORM.matcher(token).matches();
  }

  /** The claims of an opaque access token; empty if it is unknown or expired. */
  public Optional<ObjectNode> accessTokenClaims(String tenantId, String token) {
    if (!isPlausible(token)) {
      return Optional.empty();
    }
    return database.first(
        tenantId,
        FIND,
        row -> Payload.object(row, "payload"),
        hash(token),
        Kind.ACCESS_TOKEN.column(),
        now());
  }

  /** Revokes an opaque access token, if that client has it. */
  public void revokeAccessToken(String tenantId, String token, String clientId) {
    if (isPlausible(token)) {
      database.execute(
          tenantId, REVOKE, (Object) hash(token), Kind.ACCESS_TOKEN.column(), clientId);
    }
  }

  /** Keeps the custom claims of an ID token for the userinfo endpoint (contract §7.4). */
  void rememberClaims(TokenGrant grant, ObjectNode claims) {
    requireStorable(claims);
    database.execute(
        grant.tenantId(),
        REMEMBER_CLAIMS,
        grant.subject(),
        grant.client().clientId(),
        Json.write(claims));
  }

  /** The custom claims that the last ID token with any had for that user and client. */
  public Optional<ObjectNode> claims(String tenantId, String userId, @Nullable String clientId) {
    return database.first(
        tenantId, CLAIMS, row -> Payload.object(row, "payload"), userId, clientId);
  }

  private static void requireStorable(ObjectNode claims) {
    if (!StorableText.isAllOf(claims)) {
      throw new ServerFault(
          "an Action set a claim with the character U+0000 or half a surrogate pair");
    }
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
