package dev.cambio.gateway.user;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A user as stored.
 *
 * @param userId {@code provider|id}, the {@code sub} of tokens
 * @param profile {@code email}, {@code name}, {@code picture}, …; only what is known
 * @param identities primary first, as the Management API shows them
 * @param loginsCount logins so far
 * @param factors the second factors that the user has enrolled, e.g. {@code otp}
 */
public record User(
    String userId,
    ObjectNode profile,
    ObjectNode userMetadata,
    ObjectNode appMetadata,
    ArrayNode identities,
    boolean blocked,
    long loginsCount,
    Instant createdAt,
    Instant updatedAt,
    List<String> factors) {

  /** The connection of the primary identity. */
  public Optional<String> primaryConnection() {
    return Optional.ofNullable(identities.path(0).path("connection").textValue());
  }

  /** The id of the identity that the user has at a connection; of several the first. */
  public Optional<String> identityAt(String connection) {
    return matching(connection, id -> true).map(found -> found.path("user_id").textValue());
  }

  /** Whether an identity is the user's, primary or linked. */
  public boolean hasIdentity(String connection, String id) {
    return matching(connection, id::equals).isPresent();
  }

  /**
   * What is known of the user by an identity: the profile itself where that is the primary one,
   * what it brought along where it was linked (contract token-endpoint §5.2).
   */
  ObjectNode profileOf(IdentityKey key) {
    return isPrimary(key)
        ? profile
        : matching(key.connection(), key.forms()::contains)
            .map(found -> Payload.member(found, "profileData"))
            .orElse(profile);
  }

  boolean isPrimary(IdentityKey key) {
    return identities.path(0).path("connection").asText().equals(key.connection())
        && key.forms().contains(identities.path(0).path("user_id").asText());
  }

  private Optional<ObjectNode> matching(String connection, Predicate<String> id) {
    for (JsonNode identity : identities) {
      if (identity.path("connection").asText().equals(connection)
          && id.test(identity.path("user_id").asText())) {
        return Optional.of((ObjectNode) identity);
      }
    }
    return Optional.empty();
  }

  /** A profile attribute that is a string. */
  public Optional<String> attribute(String name) {
    return Optional.ofNullable(profile.path(name).textValue());
  }

  /** The user object of {@code event} (contract actions-runtime §5.1). */
  public ObjectNode toEvent() {
    ObjectNode event = profile.deepCopy();
    event.put("user_id", userId);
    event.put("email_verified", profile.path("email_verified").asBoolean(false));
    event.put("created_at", createdAt.toString());
    event.put("updated_at", updatedAt.toString());
    event.set("user_metadata", userMetadata);
    event.set("app_metadata", appMetadata);
    event.set("identities", identities);
    if (!factors.isEmpty()) {
      ArrayNode enrolled = event.putArray("enrolledFactors");
      factors.forEach(factor -> enrolled.addObject().put("type", factor));
      event.putArray("multifactor").add("guardian");
    }
    return event;
  }

  /** Names the user; the profile is personal and stays out. */
  @Override
  public String toString() {
    return "User[" + userId + "]";
  }
}
