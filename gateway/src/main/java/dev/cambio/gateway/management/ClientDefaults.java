package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a client is where nobody says, and how changes go over what it is. */
final class ClientDefaults {
  static final String AUTH_METHOD = "token_endpoint_auth_method";
  static final String KEY_METHODS = "client_authentication_methods";

  private static final String METADATA = "client_metadata";
  private static final String JWT = "jwt_configuration";
  private static final int MAX_METADATA = 10;
  private static final Set<String> PUBLIC_APP_TYPES = Set.of("native", "spa");

  /** Members of a body that are kept beside the payload. */
  private static final List<String> APART = List.of("name", "client_secret");

  private ClientDefaults() {}

  /** The payload of a new client. */
  static ObjectNode create(ObjectNode body) {
    requireOneMethod(body);
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    boolean isPublic =
        PUBLIC_APP_TYPES.contains(body.path("app_type").asText()) && !body.has("client_secret");
    if (!body.path(KEY_METHODS).isObject()) {
      payload.put(AUTH_METHOD, isPublic ? "none" : "client_secret_post");
    }
    merge(payload, defaults());
    merge(payload, body);
    boolean isMachine = payload.path("app_type").asText().equals("non_interactive");
    if (isMachine && !body.path("grant_types").isArray()) {
      // It can do nothing else.
      payload.putArray("grant_types").add("client_credentials");
    }
    return payload;
  }

  /** The payload of a client after a change. */
  static ObjectNode update(ObjectNode stored, ObjectNode body) {
    requireOneMethod(body);
    ObjectNode payload = stored.deepCopy();
    merge(payload, body);
    for (Map.Entry<String, JsonNode> standard : defaults().properties()) {
      if (body.path(standard.getKey()).isNull()) {
        payload.set(standard.getKey(), standard.getValue());
      }
    }
    requireMethod(payload, body);
    return payload;
  }

  /** Merged are metadata and JWT configuration; everything else is replaced, or cleared by null. */
  private static void merge(ObjectNode payload, ObjectNode body) {
    for (Map.Entry<String, JsonNode> member : body.properties()) {
      String name = member.getKey();
      boolean merged = name.equals(METADATA) || name.equals(JWT);
      if (member.getValue().isNull()) {
        payload.remove(name);
      } else if (merged && payload.get(name) instanceof ObjectNode under) {
        payload.set(name, Merge.shallow(under, (ObjectNode) member.getValue()));
      } else if (merged) {
        payload.set(name, withoutNulls((ObjectNode) member.getValue()));
      } else {
        payload.set(name, member.getValue());
      }
    }
    payload.remove(APART);
    if (payload.path(METADATA).size() > MAX_METADATA) {
      throw ManagementException.invalidBody(
          new Violation(
              METADATA, "Too many properties defined (%d), maximum 10".formatted(size(payload))));
    }
  }

  private static int size(ObjectNode payload) {
    return payload.path(METADATA).size();
  }

  private static ObjectNode withoutNulls(ObjectNode given) {
    return Merge.shallow(JsonNodeFactory.instance.objectNode(), given);
  }

  private static void requireOneMethod(ObjectNode body) {
    if (body.path(KEY_METHODS).isObject() && body.path(AUTH_METHOD).isTextual()) {
      throw ManagementException.invalidBody(
          new Violation(AUTH_METHOD, "Must be null where client_authentication_methods is given"));
    }
  }

  /** A client authenticates by key or as its method says: one of them, and never neither. */
  private static void requireMethod(ObjectNode payload, ObjectNode body) {
    boolean byKey = payload.path(KEY_METHODS).isObject();
    if (byKey && body.path(AUTH_METHOD).isTextual()) {
      throw ManagementException.invalidBody(
          new Violation(AUTH_METHOD, "Clear client_authentication_methods first"));
    }
    if (byKey) {
      payload.remove(AUTH_METHOD);
    } else if (!payload.has(AUTH_METHOD)) {
      payload.put(AUTH_METHOD, "client_secret_post");
    }
  }

  private static ObjectNode defaults() {
    ObjectNode defaults =
        JsonNodeFactory.instance
            .objectNode()
            .put("is_first_party", true)
            .put("oidc_conformant", false)
            .put("is_token_endpoint_ip_header_trusted", false)
            .put("organization_usage", "deny");
    defaults.putObject(JWT).put("alg", "RS256").put("lifetime_in_seconds", 36_000);
    defaults.putArray("grant_types");
    defaults.putObject(METADATA);
    return defaults;
  }
}
