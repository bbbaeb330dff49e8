package dev.cambio.gateway.exchange;

import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.key.SignedJwt.Unknown;
import dev.cambio.gateway.key.SigningKeys;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.user.User;
import dev.cambio.gateway.user.Users;
import dev.cambio.model.bus.Json;
import dev.cambio.model.cluster.SharedMap;
import dev.cambio.model.cluster.SharedMap.Late;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * Finds the user whom an ID token of ours, sent as {@code actor_token}, belongs to (contract
 * token-endpoint §4.2).
 *
 * <p>What can never change about a token is remembered in a map that the cluster shares, by the
 * hash of the token and sealed for that place under the master key: not even another member can put
 * a verdict there that a gateway would believe. Whether user, client and key still stand is asked
 * at every use, so no entry outlives what it rests on. Not remembered is that key or client were
 * not found, which may be so on this node only.
 */
public final class ActorTokenVerifier {
  private static final long NEGATIVE_TTL_SECONDS = 60;
  private static final long IAT_SKEW_SECONDS = 10;

  private final SharedMap<byte[]> verdicts;
  private final SecretSeal seal;
  private final IdTokens idTokens;
  private final SigningKeys keys;
  private final Clients clients;
  private final Audiences audiences;
  private final Users users;
  private final Clock clock;

  public ActorTokenVerifier(
      SharedMap<byte[]> verdicts,
      SecretSeal seal,
      IdTokens idTokens,
      SigningKeys keys,
      Clients clients,
      Audiences audiences,
      Users users,
      Clock clock) {
    this.verdicts = verdicts;
    this.seal = seal;
    this.idTokens = idTokens;
    this.keys = keys;
    this.clients = clients;
    this.audiences = audiences;
    this.users = users;
    this.clock = clock;
  }

  /**
   * The token's user; refuses with {@code Invalid actor_token} and the reason for the log alone.
   */
  User verify(Tenant tenant, String token) {
    try {
      return userOf(tenant, verdict(tenant.id(), token));
    } catch (Invalid e) {
      throw new RequestInvalid("Invalid actor_token", "Invalid actor_token: " + e.reason());
    }
  }

  /** Checks what may have changed since the verdict. */
  private User userOf(Tenant tenant, IdTokenVerdict verdict) throws Invalid {
    String tenantId = tenant.id();
    if (verdict.invalid() != null) {
      throw new Invalid(verdict.invalid());
    }
    if (!tenant.isIssuer(String.valueOf(verdict.issuer()))) {
      throw new Invalid("another issuer");
    }
    if (verdict.exp() <= clock.instant().getEpochSecond()) {
      throw new Invalid("expired");
    }
    if (verdict.kid() == null || keys.find(tenantId, verdict.kid()).isEmpty()) {
      throw new Invalid("the signing key is not published any more");
    }
    if (verdict.clientId() == null || clients.find(tenantId, verdict.clientId()).isEmpty()) {
      throw new Invalid("the client of the token does not exist");
    }
    User user =
        users
            .find(tenantId, String.valueOf(verdict.subject()))
            .orElseThrow(() -> new Invalid("the user of the token does not exist"));
    if (user.blocked()) {
      throw new Invalid("the user of the token is blocked");
    }
    return user;
  }

  private IdTokenVerdict verdict(String tenantId, String token) throws Invalid {
    if (token.length() > SignedJwt.MAX_LENGTH) {
      throw new Invalid("longer than any token of ours");
    }
    String key = tenantId + "/" + sha256(token);
    Optional<IdTokenVerdict> known = remembered(key);
    if (known.isPresent()) {
      return known.get();
    }
    long now = clock.instant().getEpochSecond();
    IdTokenVerdict verdict;
    try {
      verdict = examine(tenantId, token, now);
    } catch (Unknown e) {
      return IdTokenVerdict.invalid(e.reason(), now);
    } catch (Invalid e) {
      verdict = IdTokenVerdict.invalid(e.reason(), now);
    }
    long ttl = verdict.invalid() == null ? verdict.exp() - now : NEGATIVE_TTL_SECONDS;
    if (ttl > 0) {
      verdicts.offer(
          key, seal.seal(Json.writeBytes(verdict), context(key)), Duration.ofSeconds(ttl));
    }
    return verdict;
  }

  /** Empty also while the cluster does not answer: then it is found out again. */
  private Optional<IdTokenVerdict> remembered(String key) {
    try {
      return Optional.ofNullable(verdicts.get(key)).flatMap(found -> open(key, found));
    } catch (Late e) {
      return Optional.empty();
    }
  }

  private IdTokenVerdict examine(String tenantId, String token, long now) throws Invalid {
    SignedJwt parsed = SignedJwt.parse(token);
    String clientId = idTokens.requireSigned(tenantId, parsed).clientId();
    if (audiences.exists(tenantId, clientId)) {
      throw new Invalid("the audience is an API");
    }
    if (parsed.claims().has("act")) {
      throw new Invalid("a delegated token proves no actor");
    }
    if (parsed.seconds("iat") > now + IAT_SKEW_SECONDS) {
      throw new Invalid("issued in the future");
    }
    return new IdTokenVerdict(
        null,
        parsed.text("iss"),
        parsed.text("sub"),
        clientId,
        parsed.kid().orElseThrow(),
        parsed.seconds("exp"),
        now);
  }

  /** Empty if no gateway of ours has put it there, or one that knows another form of verdicts. */
  private Optional<IdTokenVerdict> open(String key, byte[] sealed) {
    try {
      return Optional.of(Json.read(seal.open(sealed, context(key)), IdTokenVerdict.class));
    } catch (IllegalStateException | IOException e) {
      return Optional.empty();
    }
  }

  private static String context(String key) {
    return "id-token-verdict/1/" + key;
  }

  private static String sha256(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
