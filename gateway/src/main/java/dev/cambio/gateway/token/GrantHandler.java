package dev.cambio.gateway.token;

import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.throttle.RateLimits.Kind;
import java.util.Optional;

/** The rules of one grant type. */
public interface GrantHandler {

  /** The {@code grant_type} it answers to. */
  String type();

  /** The record of this request that will be logged, filled in as it becomes known. */
  GrantRecord record(TokenRequest request);

  /** The rate limit of its own that a request counts against; empty for none. */
  default Optional<Kind> limit(TokenRequest request) {
    return Optional.empty();
  }

  /** Decides what tokens are to be issued, or refuses with an {@code OAuthException}. */
  TokenGrant authorize(Client client, TokenRequest request, GrantRecord record);
}
