package dev.cambio.runtime.guest.crypto;

import java.nio.ByteBuffer;

/** A generated key pair as it crosses to the prelude: length of the SPKI, the SPKI, the PKCS #8. */
final class Pair {
  private Pair() {}

  static byte[] join(byte[] spki, byte[] pkcs8) {
    return ByteBuffer.allocate(Integer.BYTES + spki.length + pkcs8.length)
        .putInt(spki.length)
        .put(spki)
        .put(pkcs8)
        .array();
  }
}
