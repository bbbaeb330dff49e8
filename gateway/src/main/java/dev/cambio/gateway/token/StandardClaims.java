package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.user.User;
import dev.cambio.model.oauth.ScopeSet;
import java.util.List;

/** What OpenID Connect tells of a user, by scope (OIDC Core §5.4, contract §7.3). */
public final class StandardClaims {
  private static final List<String> PROFILE =
      List.of("name", "family_name", "given_name", "middle_name", "nickname", "picture");

  private StandardClaims() {}

  /** Adds the claims that the scopes allow; what is not known is left out. */
  public static void add(ObjectNode claims, User user, ScopeSet granted) {
    if (granted.contains("profile")) {
      PROFILE.forEach(name -> user.attribute(name).ifPresent(value -> claims.put(name, value)));
      claims.put("updated_at", user.updatedAt().toString());
    }
    if (granted.contains("email") && user.attribute("email").isPresent()) {
      claims.put("email", user.attribute("email").get());
      claims.put("email_verified", user.profile().path("email_verified").asBoolean(false));
    }
    if (granted.contains("phone") && user.attribute("phone_number").isPresent()) {
      claims.put("phone_number", user.attribute("phone_number").get());
      claims.put("phone_number_verified", user.profile().path("phone_verified").asBoolean(false));
    }
  }

  /** Custom claims without those that OpenID Connect ties to a scope which is not granted. */
  public static ObjectNode within(ScopeSet granted, ObjectNode custom) {
    ObjectNode within = custom.objectNode();
    custom.properties().stream()
        .filter(claim -> CustomClaims.isWithin(granted, claim.getKey()))
        .forEach(claim -> within.set(claim.getKey(), claim.getValue()));
    return within;
  }
}
