package dev.cambio.gateway.refresh;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.RefreshTokenInvalid;
import dev.cambio.gateway.error.OAuthException.RefreshTokenReused;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.refresh.RefreshTerms.Caller;
import dev.cambio.gateway.refresh.RefreshTerms.Ends;
import dev.cambio.gateway.refresh.RefreshTerms.First;
import dev.cambio.gateway.refresh.RefreshTerms.Next;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.Queries;
import dev.cambio.model.bus.Json;
import dev.cambio.model.oauth.ScopeSet;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The refresh tokens of every tenant: 384 random bits each, kept by their hash (contract
 * token-endpoint §7.7). Never cached.
 */
public final class RefreshTokens {
  private static final int BYTES = 48;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{64}");

  private final Database database;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  public RefreshTokens(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Whose a token is and what it is good for.
   *
   * @param connection name of the one that the user came by
   * @param identifier of the API as stored; empty for the userinfo endpoint
   * @param audience as the request names the API; empty likewise
   * @param scope that was granted
   */
  public record Holding(
      String clientId,
      String userId,
      String connection,
      Optional<String> organizationId,
      Optional<String> identifier,
      Optional<String> audience,
      ScopeSet scope) {}

  /** The token that was presented; empty if it is none of the tenant's. */
  public Optional<RefreshToken> find(String tenantId, String token) {
    return FORM.matcher(token).matches()
        ? database.first(tenantId, RefreshSql.FIND, RefreshTokens::refreshToken, hash(token))
        : Optional.empty();
  }

  /** A token of a new family; refuses if what it would rest on is gone. */
  public String issue(String tenantId, Holding holding, First first) {
    Instant now = clock.instant();
    String metadata = Json.write(first.changes().metadata(new TreeMap<>()));
    return inOrder(
        tenantId,
        holding.userId(),
        queries ->
            insert(
                queries,
                tenantId,
                holding,
                new Family(
                    first.policy().rotating(),
                    first.proofKey(),
                    metadata,
                    firstDevice(first.caller()),
                    first.ends(now)),
                now));
  }

  /**
   * Renews the presented token, or puts another in its place; of several that present it, one wins.
   *
   * @return the new token; empty if the presented one goes on
   * @throws RefreshTokenReused if it has been replaced meanwhile; its family is revoked by then
   * @throws RefreshTokenInvalid if its family has ended meanwhile
   */
  public Optional<String> renew(String tenantId, Next next) {
    RefreshToken presented = next.presented();
    boolean rotates = next.policy().rotating();
    Optional<String> renewed;
    if (presented.rotating() != rotates) {
      renewed = replace(tenantId, next);
    } else if (rotates) {
      renewed = rotate(tenantId, next);
    } else {
      return touch(tenantId, next);
    }
    return Optional.of(
        renewed.orElseThrow(() -> lost(tenantId, presented, next.policy().leeway())));
  }

  private Optional<String> touch(String tenantId, Next next) {
    if (database.execute(tenantId, RefreshSql.TOUCH, renewal(next)) == 0) {
      throw new RefreshTokenInvalid("the refresh token has been revoked or has expired meanwhile");
    }
    return Optional.empty();
  }

  private Optional<String> rotate(String tenantId, Next next) {
    String token = newToken();
    @Nullable Object[] renewal = renewal(next);
    @Nullable Object[] parameters = Arrays.copyOf(renewal, renewal.length + 2);
    parameters[renewal.length] = (int) next.policy().leeway().toSeconds();
    parameters[renewal.length + 1] = hash(token);
    int rotated = database.execute(tenantId, RefreshSql.ROTATE, parameters);
    return rotated == 0 ? Optional.empty() : Optional.of(token);
  }

  /** The parameters that {@code TOUCH} and {@code ROTATE} share. */
  private @Nullable Object[] renewal(Next next) {
    Instant now = clock.instant();
    RefreshToken presented = next.presented();
    Ends ends = next.ends(now);
    return new @Nullable Object[] {
      presented.familyId(),
      presented.counter(),
      at(now),
      at(ends.expiresAt()),
      at(ends.idleExpiresAt()),
      Json.write(next.changes().metadata(presented.metadata())),
      device(presented.device(), next.caller())
    };
  }

  /**
   * The client rotates since the token was issued, or does not any more: another family takes over
   * (contract §7.7). Where the new one rotates, all that do not are deleted.
   */
  private Optional<String> replace(String tenantId, Next next) {
    RefreshToken old = next.presented();
    Instant now = clock.instant();
    String metadata = Json.write(next.changes().metadata(old.metadata()));
    return inOrder(
        tenantId,
        old.userId(),
        queries -> {
          Optional<Holding> retired =
              queries.first(
                  tenantId,
                  RefreshSql.RETIRE,
                  row -> holding(row, old),
                  old.familyId(),
                  old.counter(),
                  at(now),
                  (int) next.policy().leeway().toSeconds());
          if (retired.isPresent() && next.policy().rotating()) {
            queries.execute(tenantId, RefreshSql.RETIRE_NON_ROTATING, old.familyId(), at(now));
          }
          return retired.map(
              holding ->
                  insert(
                      queries,
                      tenantId,
                      holding,
                      new Family(
                          next.policy().rotating(),
                          old.proofKey(),
                          metadata,
                          device(old.device(), next.caller()),
                          next.endsOfSuccessor(now)),
                      now));
        });
  }

  /** Why a token could not be renewed: it was used twice, or its family has ended meanwhile. */
  private OAuthException lost(String tenantId, RefreshToken presented, Duration leeway) {
    return reused(tenantId, presented, leeway)
        .<OAuthException>map(reuse -> reuse)
        .orElseGet(
            () ->
                new RefreshTokenInvalid(
                    "the refresh token has been revoked or has expired meanwhile"));
  }

  /**
   * Revokes the family of a token that has been replaced and must not come again; empty if that is
   * not so. One statement decides both.
   */
  public Optional<RefreshTokenReused> reused(
      String tenantId, RefreshToken presented, Duration leeway) {
    return database.first(
        tenantId,
        RefreshSql.REVOKE_REUSED,
        row ->
            new RefreshTokenReused(
                presented.familyId(), presented.counter(), row.getInteger("counter")),
        presented.familyId(),
        presented.counter(),
        at(clock.instant()),
        (int) leeway.toSeconds());
  }

  /** Revokes a family; false if it was revoked before. */
  public boolean revoke(String tenantId, String familyId) {
    return database.execute(tenantId, RefreshSql.REVOKE, familyId, at(clock.instant())) > 0;
  }

  /** Revokes all families of the same client, user and API; false if there was none alive. */
  public boolean revokeGrant(String tenantId, String familyId) {
    return database.execute(tenantId, RefreshSql.REVOKE_GRANT, familyId, at(clock.instant())) > 0;
  }

  /** What a new family starts with. */
  private record Family(
      boolean rotating, Optional<String> proofKey, String metadata, String device, Ends ends) {}

  private String insert(
      Queries queries, String tenantId, Holding holding, Family family, Instant now) {
    String token = newToken();
    int stored =
        queries.execute(
            tenantId,
            RefreshSql.INSERT,
            "rt_" + UUID.randomUUID().toString().replace("-", ""),
            holding.clientId(),
            holding.userId(),
            holding.connection(),
            holding.organizationId().orElse(null),
            holding.identifier().orElse(null),
            holding.audience().orElse(null),
            holding.scope().toString(),
            family.proofKey().orElse(null),
            family.rotating(),
            family.metadata(),
            family.device(),
            at(now),
            at(family.ends().expiresAt()),
            at(family.ends().idleExpiresAt()),
            hash(token));
    if (stored == 0) {
      throw new RequestInvalid(
          "The user could not be resolved.", "what a refresh token would rest on is deleted");
    }
    queries.execute(
        tenantId, RefreshSql.REVOKE_OVERFLOW, holding.clientId(), holding.userId(), at(now));
    return token;
  }

  private interface Work<T> {
    T with(Queries queries);
  }

  /** One after the other for each user, so that what is counted is all there is. */
  private <T> T inOrder(String tenantId, String userId, Work<T> work) {
    return database.transaction(
        queries -> {
          queries.execute(tenantId, RefreshSql.LOCK_USER, userId);
          return work.with(queries);
        });
  }

  private String newToken() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String firstDevice(Caller caller) {
    ObjectNode device = JsonNodeFactory.instance.objectNode();
    device.put("initial_ip", caller.ip());
    device.put("initial_user_agent", caller.userAgent().orElse(null));
    return device(device, caller);
  }

  private static String device(ObjectNode before, Caller caller) {
    ObjectNode device = before.deepCopy();
    device.put("last_ip", caller.ip());
    device.put("last_user_agent", caller.userAgent().orElse(null));
    return Json.write(device);
  }

  private static Holding holding(Row row, RefreshToken old) {
    return new Holding(
        old.clientId(),
        old.userId(),
        old.connection(),
        old.organizationId(),
        Optional.ofNullable(row.getString("identifier")),
        old.audience(),
        old.scope());
  }

  private static RefreshToken refreshToken(Row row) {
    SortedMap<String, String> metadata = new TreeMap<>();
    Payload.object(row, "metadata")
        .properties()
        .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
    return new RefreshToken(
        row.getString("id"),
        row.getInteger("presented"),
        row.getInteger("counter"),
        instant(row, "rotated_at"),
        row.getBoolean("rotating"),
        row.getString("client_id"),
        row.getString("user_id"),
        Optional.ofNullable(row.getString("audience")),
        ScopeSet.parse(row.getString("scope")),
        row.getString("connection"),
        row.getString("connection_id"),
        Optional.ofNullable(row.getString("organization_id")),
        Optional.ofNullable(row.getString("proof_key")),
        metadata,
        Payload.object(row, "device"),
        instant(row, "created_at").orElseThrow(),
        instant(row, "last_exchanged_at"),
        instant(row, "expires_at"),
        instant(row, "idle_expires_at"),
        row.getOffsetDateTime("revoked_at") != null);
  }

  private static Optional<Instant> instant(Row row, String column) {
    return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable OffsetDateTime at(Optional<Instant> instant) {
    return instant.map(RefreshTokens::at).orElse(null);
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
