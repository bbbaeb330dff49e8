package dev.cambio.gateway.token;

import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.tenant.Tenant;

/** A token request with its parameters read: what every grant starts from. */
public record TokenRequest(Tenant tenant, InboundRequest inbound, Parameters parameters) {

  /** The {@code iss} of tokens that answer this request. */
  public String issuer() {
    return inbound.issuer();
  }
}
