package dev.cambio.gateway.audience;

import java.util.Optional;

/** What an access token is for: the target service of a request (RFC 8693 §2.1). */
public sealed interface Target permits ResourceServer, Userinfo, SessionTransfer {

  /** What tokens and logs call it. */
  String audience();

  /** What Actions call it; empty where a request names none. */
  default Optional<String> resourceServer() {
    return Optional.of(audience());
  }

  /** Lifetime of tokens for it, in seconds. */
  int tokenLifetime();

  /** Whether who may ask for it may do so again without the user (contract §7.7). */
  boolean allowsOfflineAccess();

  /** Whether tokens for it may be bound in that way (contract token-endpoint §1.4). */
  boolean takes(Confirmation.Method method);

  /** Whether it takes none but bound tokens from such a client. */
  boolean requiresProofOfPossession(boolean confidentialClient);
}
