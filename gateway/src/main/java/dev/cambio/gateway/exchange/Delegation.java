package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Audiences;
import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.token.OpaqueTokens;
import dev.cambio.model.oauth.Actor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a token of ours which says who acts for its user is not exchanged for one that
 * does not (RFC 8693 §4.1). Other subject tokens are none of its business: only the Action
 * understands them. Past Auth0, which never looks at the subject token.
 */
public final class Delegation {
  private final JwtSignatures signatures;
  private final IdTokens idTokens;
  private final Audiences audiences;
  private final OpaqueTokens opaqueTokens;

  public Delegation(
      JwtSignatures signatures, IdTokens idTokens, Audiences audiences, OpaqueTokens opaqueTokens) {
    this.signatures = signatures;
    this.idTokens = idTokens;
    this.audiences = audiences;
    this.opaqueTokens = opaqueTokens;
  }

  /**
   * Who acts in the new token: whom the Action set, and behind them whoever acts in the old one.
   *
   * @param set by the Action
   */
  Optional<Actor> actor(Tenant tenant, String subjectToken, Optional<Actor> set) {
    return earlier(tenant, subjectToken).map(earlier -> join(set, earlier)).or(() -> set);
  }

  private Optional<Actor> earlier(Tenant tenant, String subjectToken) {
    Optional<ObjectNode> claims =
        OpaqueTokens.isPlausible(subjectToken)
            ? opaqueTokens.accessTokenClaims(tenant.id(), subjectToken)
            : signed(tenant, subjectToken);
    return claims
        .map(found -> found.path("act"))
        .filter(ObjectNode.class::isInstance)
        .map(act -> Actor.fromJson((ObjectNode) act));
  }

  private Optional<ObjectNode> signed(Tenant tenant, String subjectToken) {
    SignedJwt token;
    try {
      token = SignedJwt.parse(subjectToken);
      if (!token.claims().has("act") || !tenant.isIssuer(token.text("iss"))) {
        return Optional.empty();
      }
    } catch (Invalid e) {
      return Optional.empty();
    }
    if (isOurs(tenant, token)) {
      return Optional.of(token.claims());
    }
    throw new RequestInvalid(
        "The actor of the subject token cannot be verified",
        "the subject token says that it is ours and who acts in it, but is not signed by us");
  }

  private boolean isOurs(Tenant tenant, SignedJwt token) {
    return succeeds(() -> signatures.requireTenantKey(tenant.id(), token))
        || succeeds(() -> idTokens.requireSigned(tenant.id(), token))
        || succeeds(
            () ->
                signatures.requireSecret(
                    audiences
                        .signingSecret(tenant.id(), token.audience())
                        .orElseThrow(() -> new Invalid("no API with a secret")),
                    token));
  }

  private interface Check {
    void run() throws Invalid;
  }

  private static boolean succeeds(Check check) {
    try {
      check.run();
      return true;
    } catch (Invalid e) {
      return false;
    }
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
    try {
      return append(set.get(), earlier);
    } catch (IllegalArgumentException e) {
      throw new RequestInvalid(
          "Delegation chain (`act` claim) depth exceeds the maximum allowed limit of "
              + Actor.MAX_DEPTH);
    }
  }

  private static Actor append(Actor actor, Actor earlier) {
    @Nullable Actor act = actor.act();
    return new Actor(actor.sub(), actor.properties(), act == null ? earlier : append(act, earlier));
  }
}
