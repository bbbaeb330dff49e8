package dev.cambio.gateway.user;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * A connection: where identities come from.
 *
 * @param id {@code con_…}
 * @param strategy e.g. {@code auth0}, {@code oidc}, {@code samlp}
 * @param payload the entity's options and the like
 * @param enabledClients ids of the clients it is enabled for
 */
public record Connection(
    String id, String name, String strategy, ObjectNode payload, Set<String> enabledClients) {

  /** Strategies whose user ids carry no connection name (contract token-endpoint §5.3). */
  private static final Set<String> TWO_SEGMENTS =
      Set.of("auth0", "google-oauth2", "apple", "facebook", "github", "windowslive");

  /** Further strategies that {@code setUserByConnection} supports (contract §5.2). */
  private static final Set<String> THREE_SEGMENTS =
      Set.of("ad", "samlp", "oidc", "okta", "adfs", "oauth2");

  private static final Set<String> NOT_SOCIAL =
      Set.of("auth0", "ad", "samlp", "oidc", "okta", "adfs");

  /** Whether {@code setUserByConnection} may use it: custom databases in import mode may not. */
  public boolean supportsSetUser() {
    boolean importing =
        strategy.equals("auth0") && payload.path("options").path("import_mode").asBoolean(false);
    return (TWO_SEGMENTS.contains(strategy) || THREE_SEGMENTS.contains(strategy)) && !importing;
  }

  /** The {@code user_id} of a new user with that id in the connection. */
  public String userIdOf(String identityUserId) {
    return strategy + "|" + (nestsName() ? qualified(identityUserId) : identityUserId);
  }

  /**
   * The form of an identity's id that is stored: {@code connection|id} where the name is part of
   * it.
   */
  public String identityIdOf(String identityUserId) {
    return nestsName() ? qualified(identityUserId) : identityUserId;
  }

  private boolean nestsName() {
    return THREE_SEGMENTS.contains(strategy);
  }

  private String qualified(String identityUserId) {
    String prefix = name + "|";
    return identityUserId.startsWith(prefix) ? identityUserId : prefix + identityUserId;
  }

  /**
   * An entry of a user's {@code identities[]} (contract token-endpoint §5.3).
   *
   * @param connection the connection's name
   */
  public static ObjectNode identity(String connection, String strategy, String identityUserId) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("connection", connection)
        .put("provider", strategy)
        .put("user_id", identityUserId)
        .put("isSocial", !NOT_SOCIAL.contains(strategy));
  }

  /** Whether users of this connection must have a username. */
  public boolean requiresUsername() {
    return payload.path("options").path("requires_username").asBoolean(false);
  }

  /** Whether users sign in here with an identifier of that kind, where this is configured. */
  public boolean hasIdentifier(String kind) {
    return payload
        .path("options")
        .path("attributes")
        .path(kind)
        .path("identifier")
        .path("active")
        .asBoolean(false);
  }

  /** Whether flexible identifiers are configured at all. */
  public boolean hasFlexibleIdentifiers() {
    return payload.path("options").path("attributes").size() > 0;
  }
}
