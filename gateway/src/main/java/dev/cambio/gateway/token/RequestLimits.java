package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Possession;
import dev.cambio.gateway.error.OAuthException.TooManyRequests;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.log.TenantLog;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.throttle.RateLimits;
import dev.cambio.gateway.throttle.RateLimits.Counted;
import dev.cambio.gateway.throttle.RateLimits.Kind;
import java.time.Clock;
import java.util.List;

/**
 * Counts requests to a tenant's endpoints before anything else is asked of them, and tells its log
 * of a limit that is near or reached (contract token-endpoint §10.1, §12).
 */
public final class RequestLimits {
  private final Tenants tenants;
  private final RateLimits limits;
  private final TenantLog log;
  private final Clock clock;

  public RequestLimits(Tenants tenants, RateLimits limits, TenantLog log, Clock clock) {
    this.tenants = tenants;
    this.limits = limits;
    this.log = log;
    this.clock = clock;
  }

  /**
   * Counts a request to whatever endpoint; refuses with 429 if too many came. Waits: for virtual
   * threads.
   */
  public Counted count(InboundRequest inbound) {
    return count(
        new TokenRequest(
            tenants.require(inbound.host()), inbound, Parameters.NONE, Possession.NONE),
        Kind.REQUESTS);
  }

  /** Counts a request of that kind. What the log is to hold is written in either case. */
  Counted count(TokenRequest request, Kind kind) {
    try {
      Counted counted = limits.count(request.tenant().id(), kind);
      counted.logType().ifPresent(type -> report(request, type, "The rate limit is near"));
      return counted;
    } catch (TooManyRequests refusal) {
      if (refusal.isReported()) {
        report(request, "api_limit", refusal.detail());
      }
      throw refusal;
    }
  }

  private void report(TokenRequest request, String type, String description) {
    ObjectNode entry = new RequestEntry(request).describe(description);
    log.write(List.of(new TenantLogEvent(request.tenant().id(), clock.instant(), type, entry)))
        .await();
  }
}
