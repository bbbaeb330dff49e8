package dev.cambio.gateway.user;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.store.StorableText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The attributes of {@code setUserByConnection}, checked (contract token-endpoint §5.2).
 *
 * @param userId the id within the connection
 * @param profile every attribute that is stored, {@code user_id} and {@code verify_email} taken out
 */
record Attributes(String userId, ObjectNode profile, boolean verifiesEmail) {
  /** What a user signs in by; unique in a connection, and never changed by an exchange. */
  static final List<String> IDENTIFIERS = List.of("email", "username", "phone_number");

  private static final Set<String> VERIFIED = Set.of("email_verified", "phone_verified");
  private static final Set<String> REPLACED =
      Set.of("name", "given_name", "family_name", "nickname", "picture");
  private static final int MAX_ATTRIBUTES = 24;

  /** Checks names and types. The caller is told only that the user could not be set. */
  static Attributes of(ObjectNode given) {
    if (given.size() > MAX_ATTRIBUTES) {
      throw invalid("more than 24 attributes");
    }
    if (!StorableText.isAllOf(given)) {
      throw invalid("an attribute contains the character U+0000 or half a surrogate pair");
    }
    JsonNode userId = given.path("user_id");
    if (!userId.isTextual() || userId.textValue().isEmpty()) {
      throw invalid("user_id must be a non-empty string");
    }
    ObjectNode profile = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> attribute : given.properties()) {
      String name = attribute.getKey();
      JsonNode value = attribute.getValue();
      if (name.equals("user_id")) {
        continue;
      }
      boolean isFlag = VERIFIED.contains(name) || name.equals("verify_email");
      boolean isText = IDENTIFIERS.contains(name) || REPLACED.contains(name);
      if (!isFlag && !isText) {
        throw invalid("unknown attribute '" + name + "'");
      }
      if (isFlag ? !value.isBoolean() : !value.isTextual()) {
        throw invalid("attribute '" + name + "' has the wrong type");
      }
      if (!name.equals("verify_email")) {
        profile.set(name, value);
      }
    }
    return new Attributes(userId.textValue(), profile, given.path("verify_email").asBoolean(true));
  }

  /** Refuses unless what the connection requires of a new user is there (§5.2 creation rules). */
  void requireIdentifiers(Connection connection) {
    if (connection.hasFlexibleIdentifiers()) {
      for (String kind : IDENTIFIERS) {
        if (connection.hasIdentifier(kind) && !profile.has(kind)) {
          throw invalid("the connection requires '" + kind + "'");
        }
      }
      return;
    }
    if (!profile.has("email")) {
      throw invalid("the connection requires 'email'");
    }
    if (connection.requiresUsername() != profile.has("username")
        && connection.strategy().equals("auth0")) {
      throw invalid("'username' does not fit the connection");
    }
    if (profile.has("phone_number")) {
      throw invalid("the connection does not allow 'phone_number'");
    }
  }

  /** The profile of a new user: verification flags default to false. */
  ObjectNode forCreation() {
    ObjectNode created = profile.deepCopy();
    if (created.has("email") && !created.has("email_verified")) {
      created.put("email_verified", false);
    }
    if (created.has("phone_number") && !created.has("phone_verified")) {
      created.put("phone_verified", false);
    }
    return created;
  }

  /** The address that a new user is to prove, unless that is not wanted (§5.4). */
  Optional<String> unverifiedEmail() {
    return Optional.ofNullable(profile.path("email").textValue())
        .filter(email -> verifiesEmail && !profile.path("email_verified").asBoolean(false));
  }

  /** The profile that replaces the stored one, after the immutable attributes were compared. */
  ObjectNode replacing(ObjectNode stored) {
    for (String name : IDENTIFIERS) {
      if (!stored.path(name).equals(profile.path(name))) {
        throw invalid("'" + name + "' of an existing user cannot change");
      }
    }
    for (String name : VERIFIED) {
      if (profile.has(name)
          && profile.path(name).asBoolean() != stored.path(name).asBoolean(false)) {
        throw invalid("'" + name + "' of an existing user cannot change");
      }
    }
    ObjectNode replaced = stored.deepCopy();
    for (String name : REPLACED) {
      replaced.remove(name);
      if (profile.has(name)) {
        replaced.set(name, profile.get(name));
      }
    }
    return replaced;
  }

  static RequestInvalid invalid(String detail) {
    return new RequestInvalid("The user could not be set.", "setUserByConnection: " + detail);
  }
}
