package dev.cambio.gateway.dpop;

import dev.cambio.gateway.key.Base64Url;
import dev.cambio.gateway.store.SecretSeal;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;

/**
 * Nonces that the server hands out (RFC 9449 §8): the time, sealed, so that any node that has the
 * master key recognizes what another one made.
 */
public final class DpopNonces {
  private static final Duration LIFETIME = Duration.ofMinutes(5);
  private static final int MAX_LENGTH = 200;

  private final SecretSeal seal;
  private final Clock clock;

  public DpopNonces(SecretSeal seal, Clock clock) {
    this.seal = seal;
    this.clock = clock;
  }

  String make(String tenantId) {
    byte[] now = ByteBuffer.allocate(Long.BYTES).putLong(clock.millis()).array();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(seal.seal(now, context(tenantId)));
  }

  /** Whether it was made here for that tenant, and not long ago. */
  boolean isFresh(String tenantId, String nonce) {
    if (nonce.length() > MAX_LENGTH) {
      return false;
    }
    try {
      byte[] opened = seal.open(Base64Url.decode(nonce), context(tenantId));
      long age = clock.millis() - ByteBuffer.wrap(opened).getLong();
      return age <= LIFETIME.toMillis();
    } catch (IllegalArgumentException | IllegalStateException e) {
      return false;
    }
  }

  private static String context(String tenantId) {
    return "dpop_nonce/" + tenantId;
  }
}
