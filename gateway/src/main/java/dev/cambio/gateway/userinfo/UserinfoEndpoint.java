package dev.cambio.gateway.userinfo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.dpop.DpopVerifier;
import dev.cambio.gateway.error.OAuthException.DpopProofInvalid;
import dev.cambio.gateway.error.OAuthException.TokenInvalid;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.throttle.RateLimits;
import dev.cambio.gateway.token.OpaqueTokens;
import dev.cambio.gateway.token.StandardClaims;
import dev.cambio.gateway.user.User;
import dev.cambio.gateway.user.Users;
import dev.cambio.model.oauth.ScopeSet;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * Tells a client what its access token lets it know of the user (contract token-endpoint §11.3).
 * What has been blocked or deleted since the token was issued counts at once.
 */
public final class UserinfoEndpoint {
  private final Tenants tenants;
  private final JwtSignatures signatures;
  private final OpaqueTokens opaqueTokens;
  private final Clients clients;
  private final Users users;
  private final DpopVerifier dpop;
  private final RateLimits limits;
  private final Clock clock;

  public UserinfoEndpoint(
      Tenants tenants,
      JwtSignatures signatures,
      OpaqueTokens opaqueTokens,
      Clients clients,
      Users users,
      DpopVerifier dpop,
      RateLimits limits,
      Clock clock) {
    this.tenants = tenants;
    this.signatures = signatures;
    this.opaqueTokens = opaqueTokens;
    this.clients = clients;
    this.users = users;
    this.dpop = dpop;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * What is told.
   *
   * @param headers of the answer beside those that all have
   */
  public record Told(ObjectNode claims, Map<String, String> headers) {}

  /**
   * The user's claims; refuses with 401, or with 429 if they were asked for too often. Waits: for
   * virtual threads.
   *
   * @param method of the HTTP request, which a proof must name
   */
  public Told handle(InboundRequest inbound, String method) {
    Tenant tenant = tenants.require(inbound.host());
    PresentedToken token = PresentedToken.of(inbound);
    ObjectNode claims;
    ScopeSet scope;
    try {
      claims = token.isJwt() ? signed(tenant, token) : opaque(tenant, token);
      scope = scope(claims);
    } catch (Invalid e) {
      throw new TokenInvalid(e.reason());
    }
    requireProof(tenant, inbound, method, token, claims);
    String clientId = claims.path("azp").asText(claims.path("client_id").asText());
    if (clients.find(tenant.id(), clientId).isEmpty()) {
      throw new TokenInvalid("the client of the token does not exist any more");
    }
    User user =
        users
            .find(tenant.id(), claims.path("sub").asText())
            .filter(found -> !found.blocked())
            .orElseThrow(() -> new TokenInvalid("the user of the token is deleted or blocked"));
    Map<String, String> headers = limits.userinfo(tenant.id(), user.userId()).headers();
    return new Told(describe(tenant, user, clientId, scope, claims.path("act")), headers);
  }

  private ObjectNode describe(
      Tenant tenant, User user, String clientId, ScopeSet scope, JsonNode actor) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("sub", user.userId());
    StandardClaims.add(answer, user, scope);
    opaqueTokens
        .claims(tenant.id(), user.userId(), clientId)
        .map(custom -> StandardClaims.within(scope, custom))
        .ifPresent(answer::setAll);
    if (actor.isObject()) {
      answer.set("act", actor);
    }
    return answer;
  }

  private ObjectNode signed(Tenant tenant, PresentedToken token) throws Invalid {
    SignedJwt jwt = SignedJwt.parse(token.value());
    signatures.requireTenantKey(tenant.id(), jwt);
    if (jwt.seconds("exp") <= clock.instant().getEpochSecond()) {
      throw new Invalid("the token has expired");
    }
    if (!tenant.isIssuer(jwt.text("iss"))) {
      throw new Invalid("the token has another issuer");
    }
    JsonNode aud = jwt.claims().path("aud");
    Iterable<JsonNode> audiences = aud.isArray() ? aud : List.of(aud);
    for (JsonNode audience : audiences) {
      if (tenant.isUserinfo(audience.asText())) {
        return jwt.claims();
      }
    }
    throw new Invalid("the token is not for this endpoint");
  }

  private ObjectNode opaque(Tenant tenant, PresentedToken token) throws Invalid {
    return opaqueTokens
        .accessTokenClaims(tenant.id(), token.value())
        .orElseThrow(() -> new Invalid("the token is unknown or has expired"));
  }

  private static ScopeSet scope(ObjectNode claims) throws Invalid {
    ScopeSet scope;
    try {
      scope = ScopeSet.parse(claims.path("scope").asText(""));
    } catch (IllegalArgumentException e) {
      throw new Invalid("the token's scope is not readable");
    }
    if (!scope.contains("openid")) {
      throw new Invalid("the token lacks the scope openid");
    }
    return scope;
  }

  /** A bound token counts only with a proof by its key; another must not pretend to be bound. */
  private void requireProof(
      Tenant tenant,
      InboundRequest inbound,
      String method,
      PresentedToken token,
      ObjectNode claims) {
    if (claims.has("cnf") != token.bound()) {
      throw new TokenInvalid("the token does not fit the authentication scheme");
    }
    if (!token.bound()) {
      return;
    }
    String key;
    try {
      key =
          dpop.requirePresented(
              tenant.id(), inbound, method, inbound.issuer() + "userinfo", token.value());
    } catch (DpopProofInvalid e) {
      throw new TokenInvalid(e.description());
    }
    if (!key.equals(claims.path("cnf").path("jkt").asText())) {
      throw new TokenInvalid("the token is bound to another key");
    }
  }
}
