package dev.cambio.gateway.mfa;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.MfaTokenInvalid;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.error.OAuthException.SlowDown;
import dev.cambio.gateway.error.OAuthException.TooManyCodes;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Queries;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;

/** The logins that wait for a second factor, and how often one may be tried for them. */
final class PendingLogins {
  static final Duration LIFETIME = Duration.ofMinutes(10);

  private static final int MAX_ATTEMPTS = 10;
  private static final int MAX_POLLS_PER_MINUTE = 12;

  /** Ten codes may be tried for a user, and one more every six minutes. */
  private static final Duration GUESS = Duration.ofMinutes(6);

  /** Each new login takes some that have expired with it, so that no job has to. */
  private static final String INSERT =
      """
      with expired as (
        delete from mfa_login where tenant_id = $1 and token_hash = any (array(
          select token_hash from mfa_login where tenant_id = $1 and expires_at < $6
          order by expires_at limit 10 for update skip locked))
      )
      insert into mfa_login
        (tenant_id, token_hash, client_id, user_id, sealed_login, polled_since, expires_at)
      select $1, $2, c.client_id, u.user_id, $5, $6, $7
      from client c join user_account u on u.tenant_id = c.tenant_id
      where c.tenant_id = $1 and c.client_id = $3 and u.user_id = $4
      for key share
      """;

  private static final String FIND =
      """
      select client_id, user_id, sealed_login from mfa_login
      where tenant_id = $1 and token_hash = $2 and expires_at > $3 and attempts < $4
      """;

  private static final String TAKE_ATTEMPT =
      """
      update mfa_login set attempts = attempts + 1
      where tenant_id = $1 and token_hash = $2 and expires_at > $3 and attempts < $4
      """;

  private static final String TAKE_GUESS =
      """
      insert into mfa_guess (tenant_id, user_id, full_at)
      select $1, u.user_id, $3::timestamptz + $4::text::interval
      from user_account u where u.tenant_id = $1 and u.user_id = $2
      on conflict (tenant_id, user_id) do update
        set full_at = greatest(mfa_guess.full_at, $3) + $4::text::interval
        where greatest(mfa_guess.full_at, $3) <= $3::timestamptz + $5::text::interval
      """;

  private static final String POLL =
      """
      update mfa_login
      set polls = case when polled_since > $3 then polls + 1 else 1 end,
          polled_since = case when polled_since > $3 then polled_since else $4 end
      where tenant_id = $1 and token_hash = $2
        and (polls < $5 or polled_since <= $3)
      """;

  private final Database database;
  private final SecretSeal seal;
  private final Codes codes;
  private final Clock clock;

  PendingLogins(Database database, SecretSeal seal, Codes codes, Clock clock) {
    this.database = database;
    this.seal = seal;
    this.codes = codes;
    this.clock = clock;
  }

  /** Puts a login off; answers its {@code mfa_token}. Refuses if client or user are gone. */
  String put(TokenGrant grant, String subjectTokenType) {
    String token = codes.token();
    byte[] hash = Codes.hash(token);
    OffsetDateTime now = now();
    byte[] login = Json.writeBytes(PendingTransaction.of(grant, subjectTokenType).toJson());
    int stored =
        database.execute(
            grant.tenantId(),
            INSERT,
            hash,
            grant.client().clientId(),
            grant.subject(),
            seal.seal(login, context(grant.tenantId(), hash)),
            now,
            now.plus(LIFETIME));
    if (stored == 0) {
      throw new RequestInvalid("The user could not be resolved.", "user or client is deleted");
    }
    return token;
  }

  /** The login that waits under a token; refuses with 401. */
  PendingLogin require(Tenant tenant, String token) {
    if (!Codes.isToken(token)) {
      throw new MfaTokenInvalid();
    }
    String tenantId = tenant.id();
    byte[] hash = Codes.hash(token);
    return database
        .first(
            tenantId,
            FIND,
            row ->
                new PendingLogin(
                    tenant,
                    hash,
                    row.getString("client_id"),
                    row.getString("user_id"),
                    open(tenantId, hash, row.getBuffer("sealed_login").getBytes())),
            hash,
            now(),
            MAX_ATTEMPTS)
        .orElseThrow(MfaTokenInvalid::new);
  }

  /**
   * Takes an attempt before a code is looked at, so that however many come at once, no more are
   * tried than may be.
   */
  void takeAttempt(PendingLogin login) {
    String tenantId = login.tenantId();
    OffsetDateTime now = now();
    int left =
        database.execute(tenantId, TAKE_ATTEMPT, (Object) login.tokenHash(), now, MAX_ATTEMPTS);
    if (left == 0) {
      throw new MfaTokenInvalid();
    }
    int allowed =
        database.execute(
            tenantId,
            TAKE_GUESS,
            login.userId(),
            now,
            interval(GUESS),
            interval(GUESS.multipliedBy(MAX_ATTEMPTS - 1)));
    if (allowed == 0) {
      throw new TooManyCodes(
          "Too many codes were tried for the user. Try again later.", GUESS.toSeconds());
    }
  }

  /** Counts a question after an answer out of band; refuses more than twelve a minute. */
  void poll(PendingLogin login) {
    OffsetDateTime now = now();
    int allowed =
        database.execute(
            login.tenantId(),
            POLL,
            login.tokenHash(),
            now.minusMinutes(1),
            now,
            MAX_POLLS_PER_MINUTE);
    if (allowed == 0) {
      throw new SlowDown();
    }
  }

  /** Ends the waiting, for one of those who try at once; the others are refused. */
  void complete(Queries queries, PendingLogin login) {
    int deleted =
        queries.execute(
            login.tenantId(),
            "delete from mfa_login where tenant_id = $1 and token_hash = $2 and expires_at > $3",
            login.tokenHash(),
            now());
    if (deleted == 0) {
      throw new MfaTokenInvalid();
    }
    queries.execute(
        login.tenantId(),
        "delete from mfa_guess where tenant_id = $1 and user_id = $2",
        login.userId());
  }

  /** The user has refused: nothing more comes of it. */
  void abandon(PendingLogin login) {
    database.execute(
        login.tenantId(),
        "delete from mfa_login where tenant_id = $1 and token_hash = $2",
        (Object) login.tokenHash());
  }

  private PendingTransaction open(String tenantId, byte[] hash, byte[] sealed) {
    try {
      byte[] json = seal.open(sealed, context(tenantId, hash));
      return PendingTransaction.from((ObjectNode) Json.parse(json));
    } catch (IOException e) {
      throw new IllegalStateException("a pending login is not readable", e);
    }
  }

  private static String context(String tenantId, byte[] hash) {
    return "mfa_login/" + tenantId + "/" + HexFormat.of().formatHex(hash);
  }

  private static String interval(Duration duration) {
    return duration.toSeconds() + " seconds";
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
