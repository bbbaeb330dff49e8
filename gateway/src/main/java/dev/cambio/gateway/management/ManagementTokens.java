package dev.cambio.gateway.management;

import dev.cambio.gateway.client.Clients;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.key.JwtSignatures;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.model.oauth.ScopeSet;
import java.time.Clock;
import java.util.Set;

/**
 * Tells who calls the Management API by the bearer token (RFC 6750 §2.1): an access token that this
 * tenant issued to a client for its own Management API (contract management-api §1.1, §1.2).
 */
public final class ManagementTokens {
  private static final String BEARER = "Bearer ";
  private static final String OF_A_CLIENT = "@clients";

  private final JwtSignatures signatures;
  private final Clients clients;
  private final Clock clock;

  public ManagementTokens(JwtSignatures signatures, Clients clients, Clock clock) {
    this.signatures = signatures;
    this.clients = clients;
    this.clock = clock;
  }

  /** The caller; refuses with 401. */
  Caller require(Tenant tenant, InboundRequest inbound) {
    String header =
        inbound.header("authorization").orElseThrow(() -> refused("Missing authentication"));
    if (!header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw refused("Missing authentication");
    }
    try {
      return caller(tenant, SignedJwt.parse(header.substring(BEARER.length()).strip()));
    } catch (Invalid e) {
      throw refused("Invalid token");
    }
  }

  private Caller caller(Tenant tenant, SignedJwt token) throws Invalid {
    try {
      signatures.requireTenantKey(tenant.id(), token);
    } catch (Invalid e) {
      throw refused("Invalid signature received for JSON Web Token validation");
    }
    if (token.seconds("exp") <= clock.instant().getEpochSecond()) {
      throw refused("Expired token received for JSON Web Token validation");
    }
    requireAudience(tenant, token);
    if (token.claims().has("cnf")) {
      throw new Invalid("bound to a key, and presented without proof");
    }
    String subject = token.text("sub");
    if (!subject.endsWith(OF_A_CLIENT)) {
      throw new Invalid("not a client's own token");
    }
    String clientId = subject.substring(0, subject.length() - OF_A_CLIENT.length());
    if (clients.find(tenant.id(), clientId).isEmpty()) {
      throw new Invalid("the client does not exist any more");
    }
    return new Caller(clientId, scopes(token));
  }

  private static Set<String> scopes(SignedJwt token) throws Invalid {
    try {
      return ScopeSet.parse(token.claims().path("scope").asText("")).values();
    } catch (IllegalArgumentException e) {
      throw new Invalid("scope");
    }
  }

  private static void requireAudience(Tenant tenant, SignedJwt token) {
    String audience = token.claims().path("aud").asText("");
    if (!tenant.isManagementAudience(audience)) {
      throw refused("Bad audience: " + audience);
    }
  }

  private static ManagementException refused(String message) {
    return ManagementException.unauthorized(message);
  }
}
