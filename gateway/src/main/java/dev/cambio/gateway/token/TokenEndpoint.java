package dev.cambio.gateway.token;

import dev.cambio.gateway.audience.Possession;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientAuthenticator;
import dev.cambio.gateway.client.ClientCertificate;
import dev.cambio.gateway.client.ClientCredentials;
import dev.cambio.gateway.client.TrustedEdge;
import dev.cambio.gateway.dpop.DpopVerifier;
import dev.cambio.gateway.error.Faults;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.error.OAuthException.GrantUnsupported;
import dev.cambio.gateway.error.OAuthException.TooManyRequests;
import dev.cambio.gateway.error.OAuthException.Unavailable;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.log.TenantLog;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.throttle.RateLimits.Counted;
import dev.cambio.gateway.throttle.RateLimits.Kind;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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
  private final TrustedEdge edge;
  private final DpopVerifier dpop;
  private final Map<String, GrantHandler> grants;
  private final GrantHandler first;
  private final RequestLimits limits;
  private final TokenIssuer issuer;
  private final TenantLog log;
  private final TokenMeters meters;
  private final Clock clock;

  /**
   * An endpoint.
   *
   * @param grants token exchange first, by which requests that cannot be read are logged
   */
  public TokenEndpoint(
      Tenants tenants,
      ClientAuthenticator clients,
      TrustedEdge edge,
      DpopVerifier dpop,
      List<GrantHandler> grants,
      RequestLimits limits,
      TokenIssuer issuer,
      TenantLog log,
      MeterRegistry registry,
      Clock clock) {
    this.tenants = tenants;
    this.clients = clients;
    this.edge = edge;
    this.dpop = dpop;
    this.grants =
        grants.stream().collect(Collectors.toMap(GrantHandler::type, Function.identity()));
    this.first = grants.getFirst();
    this.limits = limits;
    this.issuer = issuer;
    this.log = log;
    this.meters = new TokenMeters(registry);
    this.clock = clock;
  }

  /** Answers a request with tokens, or throws the refusal. Waits: for virtual threads. */
  public TokenResponse handle(InboundRequest inbound) {
    AtomicReference<String> grantType = new AtomicReference<>("none");
    long startedAt = System.nanoTime();
    try {
      TokenResponse response = handle(inbound, grantType);
      meters.granted(grantType.get(), startedAt);
      return response;
    } catch (Exception e) { // await() throws what a future failed with, checked or not
      OAuthException refusal = Faults.refusal(e);
      meters.refused(grantType.get(), refusal, startedAt);
      throw refusal;
    }
  }

  private TokenResponse handle(InboundRequest inbound, AtomicReference<String> grantType) {
    Tenant tenant = tenants.require(inbound.host());
    TokenRequest request = new TokenRequest(tenant, inbound, Parameters.NONE, Possession.NONE);
    Counted counted = limits.count(request, Kind.REQUESTS);
    Map<String, String> headers = counted.headers();
    // Until it is known what is asked for, a failure is logged as one of the first grant.
    GrantRecord record = first.record(request);
    try {
      request = request.with(Parameters.parse(inbound));
      record = first.record(request);
      GrantHandler grant = grantFor(request);
      grantType.set(grant.type());
      record = grant.record(request);
      TokenRequest known = request;
      Optional<Counted> narrower = grant.limit(known).map(kind -> limits.count(known, kind));
      headers = narrower.map(counted::headersOr).orElse(headers);
      return answer(grant, request, record).with(headers);
    } catch (TooManyRequests refusal) {
      throw refusal;
    } catch (Exception failure) { // await() throws what a future failed with, checked or not
      OAuthException refusal = Faults.refusal(failure);
      // What the entry would be written to may be what is away; nobody waits for it twice.
      if (!(refusal instanceof Unavailable)) {
        log.write(record.failure(refusal, clock.instant())).await();
      }
      throw refusal;
    }
  }

  private TokenResponse answer(GrantHandler grant, TokenRequest request, GrantRecord record) {
    Optional<ClientCertificate> certificate = edge.certificate(request.inbound());
    Client client = authenticate(request, certificate);
    record.authenticated(client);
    Optional<String> proofKey =
        dpop.verify(
            request.tenant().id(), client, request.inbound(), request.issuer() + "oauth/token");
    Possession possession =
        new Possession(proofKey, certificate.map(ClientCertificate::thumbprint));
    TokenGrant granted = grant.authorize(client, request.proving(possession), record);
    TokenResponse response = issuer.issue(granted);
    log.write(record.success(granted, response, clock.instant())).await();
    return response;
  }

  private GrantHandler grantFor(TokenRequest request) {
    String grantType = request.parameters().require("grant_type");
    return Optional.ofNullable(grants.get(grantType))
        .orElseThrow(() -> new GrantUnsupported(grantType));
  }

  private Client authenticate(TokenRequest request, Optional<ClientCertificate> certificate) {
    ClientCredentials credentials = ClientCredentials.read(request.inbound(), request.parameters());
    return clients.authenticate(request.tenant(), request.issuer(), credentials, certificate);
  }
}
