package dev.cambio.gateway.token;

import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.tenant.Tenant;
import java.util.Optional;

/**
 * A token request with its parameters read: what every grant starts from.
 *
 * @param proofKey thumbprint of the key that the request proves to have (RFC 9449)
 */
public record TokenRequest(
    Tenant tenant, InboundRequest inbound, Parameters parameters, Optional<String> proofKey) {

  /** The {@code iss} of tokens that answer this request. */
  public String issuer() {
    return inbound.issuer();
  }

  TokenRequest with(Parameters read) {
    return new TokenRequest(tenant, inbound, read, proofKey);
  }

  TokenRequest proving(Optional<String> key) {
    return new TokenRequest(tenant, inbound, parameters, key);
  }
}
