package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.audience.Target;
import dev.cambio.model.oauth.ScopeSet;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which of the claims that Actions set may stand in a token (contract token-endpoint §7.4). */
final class CustomClaims {
  /** Total size of the custom claims of a token, in bytes of JSON. */
  static final int MAX_BYTES = 100 * 1024;

  private static final Set<String> RESTRICTED =
      Set.of(
          ("acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash"
               + " client_id cnf cty dest entitlements events exp groups gty htm htu iat"
               + " internalService iss jcard jku jti jwe jwk kid may_act mky nbf nonce object_id"
               + " org_id org_name orig origid permissions roles rph s_hash scope sid sip_callid"
               + " sip_cseq_num sip_date sip_from_tag sip_via_branch sub sub_jwk toe txn typ uuid"
               + " vot vtm x5t#S256")
              .split(" "));

  /** Members that would change the very objects into which scripts read them (additions C7). */
  private static final Set<String> POISONOUS = Set.of("__proto__", "constructor", "prototype");

  /** Claims that OpenID Connect ties to a scope (OIDC Core §5.4). */
  private static final Map<String, String> SCOPE_OF = scopes();

  private static final List<String> FORBIDDEN_HOSTS =
      List.of("auth0.com", "webtask.io", "webtask.run");

  private CustomClaims() {}

  private static Map<String, String> scopes() {
    Map<String, String> scopes = new LinkedHashMap<>();
    for (String claim :
        List.of(
            "birthdate",
            "family_name",
            "gender",
            "given_name",
            "locale",
            "middle_name",
            "name",
            "nickname",
            "picture",
            "preferred_username",
            "profile",
            "updated_at",
            "website",
            "zoneinfo")) {
      scopes.put(claim, "profile");
    }
    scopes.put("email", "email");
    scopes.put("email_verified", "email");
    scopes.put("phone_number", "phone");
    scopes.put("phone_number_verified", "phone");
    scopes.put("address", "address");
    return Map.copyOf(scopes);
  }

  /** The claims that may be added; the others are dropped without a word. */
  static Map<String, JsonNode> allowed(
      Map<String, JsonNode> claims, ScopeSet granted, Target target) {
    Map<String, JsonNode> allowed = new LinkedHashMap<>();
    claims.forEach(
        (name, value) -> {
          if (!value.isNull() && isAllowed(name, granted, target)) {
            allowed.put(name, withoutPoison(value));
          }
        });
    return allowed;
  }

  private static JsonNode withoutPoison(JsonNode value) {
    return switch (value) {
      case ObjectNode object -> {
        ObjectNode copy = object.objectNode();
        object
            .properties()
            .forEach(
                member -> {
                  if (!POISONOUS.contains(member.getKey())) {
                    copy.set(member.getKey(), withoutPoison(member.getValue()));
                  }
                });
        yield copy;
      }
      case ArrayNode array -> {
        ArrayNode copy = array.arrayNode();
        array.forEach(item -> copy.add(withoutPoison(item)));
        yield copy;
      }
      default -> value;
    };
  }

  /** Whether the claim needs no scope, or one that is granted. */
  static boolean isWithin(ScopeSet granted, String name) {
    String scope = SCOPE_OF.get(name);
    return scope == null || granted.contains(scope);
  }

  private static boolean isAllowed(String name, ScopeSet granted, Target target) {
    if (name.isEmpty() || RESTRICTED.contains(name) || POISONOUS.contains(name)) {
      return false;
    }
    String scope = SCOPE_OF.get(name);
    if (scope != null) {
      return granted.contains(scope);
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") || lower.startsWith("https://")) {
      return isAllowedUrl(lower);
    }
    if (lower.startsWith("urn:")) {
      return target instanceof ResourceServer api
          && !api.isSystem()
          && !(lower.equals("urn:auth0") || lower.startsWith("urn:auth0:"));
    }
    // A bare name on a token for the tenant's own API could pass for one of its own claims.
    return !(target instanceof ResourceServer api && api.isSystem());
  }

  private static boolean isAllowedUrl(String lowerUrl) {
    try {
      String host = URI.create(lowerUrl).getHost();
      if (host == null) {
        return false;
      }
      String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
      return FORBIDDEN_HOSTS.stream()
          .noneMatch(forbidden -> name.equals(forbidden) || name.endsWith("." + forbidden));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
