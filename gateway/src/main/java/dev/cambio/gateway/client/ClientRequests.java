package dev.cambio.gateway.client;

import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.tenant.Tenant;

/** Requests of clients to other endpoints than the token endpoint, authenticated the same way. */
public final class ClientRequests {
  private final ClientAuthenticator authenticator;
  private final TrustedEdge edge;

  public ClientRequests(ClientAuthenticator authenticator, TrustedEdge edge) {
    this.authenticator = authenticator;
    this.edge = edge;
  }

  /** The client that sent the request; refuses with 401 if it is not who it says. */
  public Client authenticate(Tenant tenant, InboundRequest inbound, Parameters parameters) {
    return authenticator.authenticate(
        tenant,
        inbound.issuer(),
        ClientCredentials.read(inbound, parameters),
        edge.certificate(inbound));
  }
}
