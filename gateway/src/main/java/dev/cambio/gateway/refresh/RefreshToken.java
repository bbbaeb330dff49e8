package dev.cambio.gateway.refresh;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.oauth.ScopeSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A refresh token that was presented, and its family as it was then.
 *
 * @param familyId {@code event.refresh_token.id}
 * @param counter of the token
 * @param latest counter of the family's newest token
 * @param rotatedAt when the counter last rose
 * @param audience empty for the userinfo endpoint
 * @param scope that the exchange granted
 * @param connectionId of the connection that the user came by
 * @param proofKey thumbprint of the key that exchanges of it must prove to have
 * @param device addresses and user agents of the first and the last exchange
 */
public record RefreshToken(
    String familyId,
    int counter,
    int latest,
    Optional<Instant> rotatedAt,
    boolean rotating,
    String clientId,
    String userId,
    Optional<String> audience,
    ScopeSet scope,
    String connection,
    String connectionId,
    Optional<String> organizationId,
    Optional<String> proofKey,
    SortedMap<String, String> metadata,
    ObjectNode device,
    Instant createdAt,
    Optional<Instant> lastExchangedAt,
    Optional<Instant> expiresAt,
    Optional<Instant> idleExpiresAt,
    boolean revoked) {

  /** Whether the family is neither revoked nor expired. */
  public boolean isAlive(Instant now) {
    return !revoked
        && expiresAt.map(now::isBefore).orElse(true)
        && idleExpiresAt.map(now::isBefore).orElse(true);
  }

  /** Whether another token has taken its place, and it may not be exchanged again either. */
  public boolean isSpent(Duration leeway, Instant now) {
    boolean replacedJustNow =
        counter == latest - 1
            && !leeway.isZero()
            && rotatedAt.map(at -> now.isBefore(at.plus(leeway))).orElse(false);
    return counter < latest && !replacedJustNow;
  }

  /** {@code event.refresh_token} (contract actions-runtime §7). */
  public ObjectNode toEvent() {
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", familyId)
            .put("client_id", clientId)
            .put("created_at", createdAt.toString());
    event.set("device", device);
    event
        .put("expires_at", expiresAt.map(Instant::toString).orElse(null))
        .put("idle_expires_at", idleExpiresAt.map(Instant::toString).orElse(null))
        .put("last_exchanged_at", lastExchangedAt.map(Instant::toString).orElse(null));
    ObjectNode entries = event.putObject("metadata");
    metadata.forEach(entries::put);
    var servers = event.putArray("resource_servers");
    audience.ifPresent(
        identifier ->
            servers.addObject().put("audience", identifier).put("scopes", scope.toString()));
    event.put("rotating", rotating).putNull("session_id").put("user_id", userId);
    return event;
  }

  /** Names the family; whose it is stays out. */
  @Override
  public String toString() {
    return "RefreshToken[" + familyId + " " + counter + "]";
  }
}
