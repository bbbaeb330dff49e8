package dev.cambio.gateway.token;

import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientAuthenticator;
import dev.cambio.gateway.client.ClientCredentials;
import dev.cambio.gateway.dpop.DpopVerifier;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.GrantUnsupported;
import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.log.TenantLog;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.tenant.Tenants;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code POST /oauth/token} (RFC 6749 §3.2), freed of HTTP. Owns the phases that every grant
 * shares, in the contract's order (§3), and sees to it that nothing is answered before its log
 * entry is committed.
 */
public final class TokenEndpoint {
  private final Tenants tenants;
  private final ClientAuthenticator clients;
  private final DpopVerifier dpop;
  private final Map<String, GrantHandler> grants;
  private final TokenIssuer issuer;
  private final TenantLog log;
  private final Clock clock;

  public TokenEndpoint(
      Tenants tenants,
      ClientAuthenticator clients,
      DpopVerifier dpop,
      List<GrantHandler> grants,
      TokenIssuer issuer,
      TenantLog log,
      Clock clock) {
    this.tenants = tenants;
    this.clients = clients;
    this.dpop = dpop;
    this.grants =
        grants.stream().collect(Collectors.toMap(GrantHandler::type, Function.identity()));
    this.issuer = issuer;
    this.log = log;
    this.clock = clock;
  }

  /** Answers a request with tokens, or throws the refusal. Waits: for virtual threads. */
  public TokenResponse handle(InboundRequest inbound) {
    Tenant tenant = tenants.require(inbound.host());
    TokenRequest request =
        new TokenRequest(tenant, inbound, Parameters.parse(inbound), Optional.empty());
    GrantHandler grant = grantFor(request);
    GrantRecord record = grant.record(request);
    try {
      return answer(grant, request, record);
    } catch (OAuthException refusal) {
      log.write(record.failure(refusal, clock.instant())).await();
      throw refusal;
    } catch (Exception failure) { // await() throws what a future failed with, checked or not
      ServerFault fault = new ServerFault(failure);
      log.write(record.failure(fault, clock.instant())).await();
      throw fault;
    }
  }

  private TokenResponse answer(GrantHandler grant, TokenRequest request, GrantRecord record) {
    Client client = authenticate(request);
    record.authenticated(client);
    Optional<String> proofKey =
        dpop.verify(
            request.tenant().id(), client, request.inbound(), request.issuer() + "oauth/token");
    TokenGrant granted = grant.authorize(client, request.proving(proofKey), record);
    TokenResponse response = issuer.issue(granted);
    log.write(record.success(granted, response, clock.instant())).await();
    return response;
  }

  private GrantHandler grantFor(TokenRequest request) {
    String grantType = request.parameters().require("grant_type");
    return Optional.ofNullable(grants.get(grantType))
        .orElseThrow(() -> new GrantUnsupported(grantType));
  }

  private Client authenticate(TokenRequest request) {
    ClientCredentials credentials = ClientCredentials.read(request.inbound(), request.parameters());
    return clients.authenticate(request.tenant(), credentials);
  }
}
