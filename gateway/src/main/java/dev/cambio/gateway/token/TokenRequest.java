package dev.cambio.gateway.token;

import dev.cambio.gateway.audience.Possession;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.tenant.Tenant;

/**
 * A token request with its parameters read: what every grant starts from.
 *
 * @param possession what the request proves to have
 */
public record TokenRequest(
    Tenant tenant, InboundRequest inbound, Parameters parameters, Possession possession) {

  /** The {@code iss} of tokens that answer this request. */
  public String issuer() {
    return inbound.issuer();
  }

  TokenRequest with(Parameters read) {
    return new TokenRequest(tenant, inbound, read, possession);
  }

  TokenRequest proving(Possession proved) {
    return new TokenRequest(tenant, inbound, parameters, proved);
  }
}
