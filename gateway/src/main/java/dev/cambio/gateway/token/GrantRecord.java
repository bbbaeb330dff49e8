package dev.cambio.gateway.token;

import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.log.TenantLogEvent;
import java.time.Instant;
import java.util.List;

/**
 * What is known of a request so far, for its tenant log entries. One per request, used by one
 * thread.
 */
public interface GrantRecord {

  /** The client has authenticated. */
  void authenticated(Client client);

  /** The entries of a request that is answered with tokens. */
  List<TenantLogEvent> success(TokenGrant grant, TokenResponse response, Instant at);

  /** The entries of a request that is refused. */
  List<TenantLogEvent> failure(OAuthException refusal, Instant at);
}
