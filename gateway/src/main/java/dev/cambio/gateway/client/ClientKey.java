package dev.cambio.gateway.client;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that a client signs its assertions with ({@code private_key_jwt}).
 *
 * @param kid as assertions name it
 * @param algorithm the only one that its assertions may have
 * @param pem the public key
 * @param expiresAt from when on it counts no more; empty for never
 */
record ClientKey(String kid, String algorithm, String pem, Optional<Instant> expiresAt) {
  boolean isValid(Instant at) {
    return expiresAt.map(at::isBefore).orElse(true);
  }

  /** Whether an assertion may mean this key. */
  boolean isMeantBy(Optional<String> named) {
    return named.map(kid::equals).orElse(true);
  }
}
