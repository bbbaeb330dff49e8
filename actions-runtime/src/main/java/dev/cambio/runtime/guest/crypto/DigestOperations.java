package dev.cambio.runtime.guest.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Digests, HMAC, and comparison in constant time. */
final class DigestOperations {
  private DigestOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "digest",
            a -> MessageDigest.getInstance(Hashes.named(a.text(0)).digest()).digest(a.bytes(0)),
        "hmac.sign", a -> hmac(a, a.bytes(1)),
        "hmac.verify", a -> MessageDigest.isEqual(hmac(a, a.bytes(2)), a.bytes(1)),
        "equal", a -> MessageDigest.isEqual(a.bytes(0), a.bytes(1)));
  }

  private static byte[] hmac(Arguments a, byte[] data)
      throws CryptoFault, GeneralSecurityException {
    return hmac(Hashes.named(a.text(0)), a.bytes(0)).doFinal(data);
  }

  /** A MAC ready for use with the key, which may be empty. */
  static Mac hmac(Hashes hash, byte[] key) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(hash.mac());
    // The JCA refuses an empty key; HMAC pads any key with zeros, so one zero byte is the same key.
    mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, hash.mac()));
    return mac;
  }
}
