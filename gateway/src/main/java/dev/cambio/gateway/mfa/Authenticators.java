package dev.cambio.gateway.mfa;

import dev.cambio.gateway.error.OAuthException.AlreadyEnrolled;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Queries;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The second factors of users. What is not active counts for the login alone that asked for it, and
 * only while the user has no other: who knows the first factor may enrol once.
 */
final class Authenticators {
  private static final String COUNTED =
      """
      select a.id, a.factor, a.channel, a.active, a.sealed_secret from mfa_authenticator a
      where a.tenant_id = $1 and a.user_id = $2
        and (a.active or (a.enrolled_by = $3 and not exists (
          select from mfa_authenticator b
          where b.tenant_id = $1 and b.user_id = $2 and b.active)))
      order by a.created_at, a.id
      """;

  private static final String INSERT =
      """
      insert into mfa_authenticator
        (tenant_id, id, user_id, factor, channel, enrolled_by, sealed_secret, code_hash, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      """;

  private static final String ACTIVATE =
      """
      update mfa_authenticator set active = true, enrolled_by = null
      where tenant_id = $1 and user_id = $2 and not active and enrolled_by = $3
        and (id = $4 or factor = 'recovery-code')
      """;

  private final Database database;
  private final SecretSeal seal;
  private final Codes codes;
  private final Clock clock;

  Authenticators(Database database, SecretSeal seal, Codes codes, Clock clock) {
    this.database = database;
    this.seal = seal;
    this.codes = codes;
    this.clock = clock;
  }

  /** Those that count for the login, oldest first, of the factors that the tenant allows. */
  List<Authenticator> of(PendingLogin login) {
    return allowed(database, login);
  }

  private List<Authenticator> allowed(Queries queries, PendingLogin login) {
    Set<Factor> enabled = Factor.enabled(login.tenant());
    return counted(queries, login).stream().filter(one -> enabled.contains(one.factor())).toList();
  }

  private List<Authenticator> counted(Queries queries, PendingLogin login) {
    return queries.list(
        login.tenantId(),
        COUNTED,
        row -> authenticator(login.tenantId(), row),
        login.userId(),
        login.tokenHash());
  }

  /**
   * A new authenticator, not active yet, in place of those that were begun before.
   *
   * @param recoveryCode that comes with it, if one is to
   */
  Authenticator enroll(
      PendingLogin login,
      Factor factor,
      Optional<String> channel,
      Optional<String> secret,
      Optional<String> recoveryCode) {
    Authenticator enrolled =
        new Authenticator(
            codes.deviceId(channel.orElse(factor.type())), factor, channel, false, secret);
    database.transaction(
        queries -> {
          lockUser(queries, login);
          if (counted(queries, login).stream().anyMatch(Authenticator::active)) {
            throw new AlreadyEnrolled();
          }
          queries.execute(
              login.tenantId(),
              "delete from mfa_authenticator where tenant_id = $1 and user_id = $2 and not active",
              login.userId());
          insert(queries, login, enrolled, Optional.empty());
          recoveryCode.ifPresent(code -> insertRecoveryCode(queries, login, code));
          return enrolled;
        });
    return enrolled;
  }

  private void insertRecoveryCode(Queries queries, PendingLogin login, String code) {
    Factor factor = Factor.RECOVERY_CODE;
    Authenticator recovery =
        new Authenticator(
            codes.deviceId(factor.type()), factor, Optional.empty(), false, Optional.empty());
    insert(queries, login, recovery, Optional.of(Codes.hash(code)));
  }

  private void insert(
      Queries queries, PendingLogin login, Authenticator one, Optional<byte[]> codeHash) {
    queries.execute(
        login.tenantId(),
        INSERT,
        one.id(),
        login.userId(),
        one.factor().type(),
        one.channel().orElse(null),
        login.tokenHash(),
        one.secret().map(secret -> seal(login.tenantId(), one.id(), secret)).orElse(null),
        codeHash.orElse(null),
        clock.instant().atOffset(ZoneOffset.UTC));
  }

  /**
   * Whether the code is that of an authenticator app which counts for the login. Each code is good
   * once, and so is none older.
   */
  boolean proveOtp(Queries queries, PendingLogin login, String code) {
    lockUser(queries, login);
    Instant now = clock.instant();
    for (Authenticator app : allowed(queries, login)) {
      if (app.factor() == Factor.OTP && isCodeOf(queries, login.tenantId(), app, code, now)) {
        activate(queries, login, app.id());
        return true;
      }
    }
    return false;
  }

  private static boolean isCodeOf(
      Queries queries, String tenantId, Authenticator app, String code, Instant now) {
    OptionalLong step = Totp.step(Codes.bytes(app.secret().orElseThrow()), code, now);
    return step.isPresent()
        && queries.execute(
                tenantId,
                "update mfa_authenticator set last_step = $3"
                    + " where tenant_id = $1 and id = $2 and last_step < $3",
                app.id(),
                step.getAsLong())
            > 0;
  }

  /** Takes a recovery code for another one, which it answers; empty if it is not the user's. */
  Optional<String> replaceRecoveryCode(Queries queries, PendingLogin login, String code) {
    if (!Factor.enabled(login.tenant()).contains(Factor.RECOVERY_CODE)) {
      return Optional.empty();
    }
    String next = codes.recoveryCode();
    int replaced =
        queries.execute(
            login.tenantId(),
            "update mfa_authenticator set code_hash = $4 where tenant_id = $1 and user_id = $2"
                + " and factor = 'recovery-code' and active and code_hash = $3",
            login.userId(),
            Codes.hash(code.strip().toUpperCase(Locale.ROOT)),
            Codes.hash(next));
    return replaced == 0 ? Optional.empty() : Optional.of(next);
  }

  /** The user has proved an authenticator: it and what came with it count from now on. */
  void activate(Queries queries, PendingLogin login, String id) {
    queries.execute(login.tenantId(), ACTIVATE, login.userId(), login.tokenHash(), id);
  }

  /** Whether an authenticator counts for the login; until the end nobody changes the user's. */
  boolean counts(Queries queries, PendingLogin login, String id) {
    lockUser(queries, login);
    return allowed(queries, login).stream().anyMatch(one -> one.id().equals(id));
  }

  /** One at a time decides which authenticators of a user are active. */
  static void lockUser(Queries queries, PendingLogin login) {
    queries.first(
        login.tenantId(),
        "select 1 from user_account where tenant_id = $1 and user_id = $2 for no key update",
        row -> true,
        login.userId());
  }

  private Authenticator authenticator(String tenantId, Row row) {
    String id = row.getString("id");
    return new Authenticator(
        id,
        Factor.ofType(row.getString("factor")),
        Optional.ofNullable(row.getString("channel")),
        row.getBoolean("active"),
        Optional.ofNullable(row.getBuffer("sealed_secret"))
            .map(Buffer::getBytes)
            .map(bytes -> seal.open(bytes, context(tenantId, id)))
            .map(secret -> new String(secret, StandardCharsets.UTF_8)));
  }

  private byte[] seal(String tenantId, String id, String secret) {
    return seal.seal(secret.getBytes(StandardCharsets.UTF_8), context(tenantId, id));
  }

  private static String context(String tenantId, String id) {
    return "mfa_authenticator/" + tenantId + "/" + id;
  }
}
