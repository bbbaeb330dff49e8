package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.error.OAuthException.ActorGone;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.OpaqueTokens;
import dev.cambio.gateway.user.Users;
import dev.cambio.model.oauth.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a token of ours which says who acts for its user, or who may (RFC 8693 §4.1,
 * §4.4), is not exchanged for one that does not, nor in a disguise that only the Action sees
 * through (additions C2). Other subject tokens are none of its business: only the Action
 * understands them. Past Auth0, which never looks at the subject token.
 */
public final class Delegation {
  private static final String ACT = "act";
  private static final String MAY_ACT = "may_act";

  private final OwnTokens ownTokens;
  private final OpaqueTokens opaqueTokens;
  private final Users users;

  public Delegation(OwnTokens ownTokens, OpaqueTokens opaqueTokens, Users users) {
    this.ownTokens = ownTokens;
    this.opaqueTokens = opaqueTokens;
    this.users = users;
  }

  /**
   * Who acts in the new token: whom the Action set, and behind them whoever acts in the old one.
   *
   * @param delegated the claims of the old one, from {@link #delegated}
   * @param set by the Action
   */
  Optional<Actor> actor(Tenant tenant, Optional<ObjectNode> delegated, Optional<Actor> set) {
    if (delegated.isEmpty()) {
      return set;
    }
    ObjectNode claims = delegated.get();
    Optional<Actor> earlier = earlier(claims);
    earlier.ifPresent(actor -> requirePresent(tenant, actor));
    Optional<Actor> actor = earlier.map(found -> join(set, found)).or(() -> set);
    requirePermitted(tenant, claims, actor);
    return actor;
  }

  /**
   * Who acts where a client calls on behalf of the user: the client itself, and behind it whoever
   * acted in its subject token, or else the client that had that (contract token-endpoint §11.8).
   *
   * @param claims of the subject token, verified
   */
  Actor onBehalfOf(Tenant tenant, ObjectNode claims, String clientId) {
    Actor earlier = earlier(claims).orElseGet(() -> Actor.of(OwnTokens.clientId(claims)));
    requirePresent(tenant, earlier);
    Actor client = Actor.of(clientId);
    requirePermitted(tenant, claims, Optional.of(client));
    return behind(client, earlier);
  }

  /**
   * The claims of the subject token if it is ours and says who acts, or who may. To be asked for
   * before the Action runs: the token may expire while it does.
   */
  Optional<ObjectNode> delegated(Tenant tenant, String subjectToken) {
    Optional<ObjectNode> claims =
        OpaqueTokens.isPlausible(subjectToken)
            ? opaqueTokens.accessTokenClaims(tenant.id(), subjectToken)
            : signed(tenant, subjectToken);
    return claims.filter(Delegation::saysWhoActs);
  }

  private Optional<ObjectNode> signed(Tenant tenant, String subjectToken) {
    SignedJwt token;
    try {
      token = SignedJwt.parse(subjectToken);
    } catch (Invalid e) {
      requireNoneHidden(tenant, subjectToken, e);
      return Optional.empty();
    }
    if (!saysWhoActs(token.claims())) {
      return Optional.empty();
    }
    if (ownTokens.isSignedHere(tenant, token)) {
      return Optional.of(token.claims());
    }
    if (ownTokens.claimsToBeOurs(tenant, token)) {
      throw new RequestInvalid(
          "The actor of the subject token cannot be verified",
          "the subject token says that it is ours and who acts in it, but is not signed by us");
    }
    return Optional.empty();
  }

  private void requireNoneHidden(Tenant tenant, String subjectToken, Invalid fault) {
    if (ownTokens.isHiddenIn(tenant, subjectToken)) {
      throw new RequestInvalid(
          "The subject token holds a token of this server in another form than it was issued in",
          "the subject token holds a token of ours: " + fault.reason());
    }
  }

  private static boolean saysWhoActs(ObjectNode claims) {
    return claims.has(ACT) || claims.has(MAY_ACT);
  }

  private static Optional<Actor> earlier(ObjectNode claims) {
    return Optional.of(claims.path(ACT))
        .filter(ObjectNode.class::isInstance)
        .map(act -> Actor.fromJson((ObjectNode) act));
  }

  /** Those who act are looked at anew at each hop, as the subject is. */
  private void requirePresent(Tenant tenant, Actor chain) {
    List<String> subjects = new ArrayList<>();
    for (Actor link = chain; link != null; link = link.act()) {
      if (isOurs(tenant, issuer(link))) {
        subjects.add(link.sub());
      }
    }
    users
        .findLost(tenant.id(), subjects)
        .ifPresent(
            lost -> {
              throw new ActorGone(lost);
            });
  }

  /** The token may name the one party that may act; then nobody else may, nor may nobody act. */
  private static void requirePermitted(Tenant tenant, ObjectNode claims, Optional<Actor> actor) {
    if (!claims.has(MAY_ACT)) {
      return;
    }
    JsonNode permitted = claims.path(MAY_ACT);
    Optional<String> issuer = Optional.ofNullable(permitted.path("iss").textValue());
    boolean matches =
        actor
            .filter(acting -> acting.sub().equals(permitted.path("sub").textValue()))
            .filter(acting -> isSame(tenant, issuer, issuer(acting)))
            .isPresent();
    if (!matches) {
      throw new RequestInvalid(
          "The subject token permits another party to act", "may_act names another than the actor");
    }
  }

  private static Optional<String> issuer(Actor actor) {
    return Optional.ofNullable(actor.properties().get("iss")).map(JsonNode::textValue);
  }

  private static boolean isSame(Tenant tenant, Optional<String> one, Optional<String> other) {
    return one.equals(other) || (isOurs(tenant, one) && isOurs(tenant, other));
  }

  /** Who is named without an issuer is named by us. */
  private static boolean isOurs(Tenant tenant, Optional<String> issuer) {
    return issuer.map(tenant::isIssuer).orElse(true);
  }

  /** The chain that the Action set, continued by the earlier one unless it holds that already. */
  private static Actor join(Optional<Actor> set, Actor earlier) {
    if (set.isEmpty()) {
      return earlier;
    }
    for (Actor link = set.get(); link != null; link = link.act()) {
      if (link.equals(earlier)) {
        return set.get();
      }
    }
    return behind(set.get(), earlier);
  }

  private static Actor behind(Actor actor, Actor earlier) {
    try {
      return append(actor, earlier);
    } catch (IllegalArgumentException e) {
      // Auth0 counts the levels below the first.
      throw new RequestInvalid(
          "Delegation chain (`act` claim) depth exceeds the maximum allowed limit of "
              + (Actor.MAX_DEPTH - 1));
    }
  }

  private static Actor append(Actor actor, Actor earlier) {
    @Nullable Actor act = actor.act();
    return new Actor(actor.sub(), actor.properties(), act == null ? earlier : append(act, earlier));
  }
}
