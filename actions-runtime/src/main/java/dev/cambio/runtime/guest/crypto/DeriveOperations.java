package dev.cambio.runtime.guest.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Mac;

/** Keys derived from secrets, over any bytes: PBKDF2 (RFC 8018), HKDF (RFC 5869) and scrypt. */
final class DeriveOperations {
  private static final int MAX_ITERATIONS = 1_000_000;

  /** HMAC computations of one call; a second or so of work. */
  private static final long MAX_WORK = 2_000_000;

  private static final int MAX_BITS = 1 << 20;

  private DeriveOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "pbkdf2", DeriveOperations::pbkdf2,
        "hkdf", DeriveOperations::hkdf,
        "scrypt", Scrypt::derive);
  }

  private static byte[] pbkdf2(Arguments a) throws CryptoFault, GeneralSecurityException {
    Hashes hash = Hashes.named(a.text(0));
    int iterations = a.integer(1, 1, MAX_ITERATIONS, "The number of iterations");
    int length = a.integer(2, 8, MAX_BITS, "The length") / 8;
    return pbkdf2(hash, a.bytes(0), a.bytes(1), iterations, length);
  }

  /** Not the JCA's, which takes its password as characters. */
  static byte[] pbkdf2(Hashes hash, byte[] password, byte[] salt, int iterations, int length)
      throws CryptoFault, GeneralSecurityException {
    int blocks = (length + hash.size() - 1) / hash.size();
    if ((long) blocks * iterations > MAX_WORK) {
      throw CryptoFault.operation("The derivation takes too much work");
    }
    Mac mac = DigestOperations.hmac(hash, password);
    byte[] derived = new byte[blocks * hash.size()];
    for (int block = 1; block <= blocks; block++) {
      byte[] sum = pbkdf2Block(mac, salt, iterations, block);
      System.arraycopy(sum, 0, derived, (block - 1) * hash.size(), hash.size());
    }
    return Arrays.copyOf(derived, length);
  }

  private static byte[] pbkdf2Block(Mac mac, byte[] salt, int iterations, int block) {
    mac.update(salt);
    mac.update(
        new byte[] {
          (byte) (block >>> 24), (byte) (block >>> 16), (byte) (block >>> 8), (byte) block
        });
    byte[] round = mac.doFinal();
    byte[] sum = round.clone();
    for (int i = 1; i < iterations; i++) {
      round = mac.doFinal(round);
      for (int j = 0; j < sum.length; j++) {
        sum[j] ^= round[j];
      }
    }
    return sum;
  }

  private static byte[] hkdf(Arguments a) throws CryptoFault, GeneralSecurityException {
    Hashes hash = Hashes.named(a.text(0));
    int length = a.integer(1, 8, 255 * 8 * hash.size(), "The length") / 8;
    byte[] salt = a.bytes(1).length == 0 ? new byte[hash.size()] : a.bytes(1);
    byte[] extracted = DigestOperations.hmac(hash, salt).doFinal(a.bytes(0));
    Mac mac = DigestOperations.hmac(hash, extracted);
    byte[] derived = new byte[length];
    byte[] block = new byte[0];
    for (int done = 0, counter = 1; done < length; done += block.length, counter++) {
      mac.update(block);
      mac.update(a.bytes(2));
      mac.update((byte) counter);
      block = mac.doFinal();
      System.arraycopy(block, 0, derived, done, Math.min(block.length, length - done));
    }
    return derived;
  }
}
