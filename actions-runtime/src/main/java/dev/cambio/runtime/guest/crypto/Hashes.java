package dev.cambio.runtime.guest.crypto;

import java.security.spec.MGF1ParameterSpec;
import java.util.Map;

/**
 * Hash algorithms by the prelude's names.
 *
 * @param digest JCA name of the digest
 * @param mac JCA name of its HMAC
 * @param signature how the digest is written in JCA signature names
 * @param size length of a digest in bytes
 */
record Hashes(String digest, String mac, String signature, int size) {
  private static final Map<String, Hashes> BY_NAME =
      Map.of(
          "MD5", new Hashes("MD5", "HmacMD5", "MD5", 16),
          "SHA-1", new Hashes("SHA-1", "HmacSHA1", "SHA1", 20),
          "SHA-224", new Hashes("SHA-224", "HmacSHA224", "SHA224", 28),
          "SHA-256", new Hashes("SHA-256", "HmacSHA256", "SHA256", 32),
          "SHA-384", new Hashes("SHA-384", "HmacSHA384", "SHA384", 48),
          "SHA-512", new Hashes("SHA-512", "HmacSHA512", "SHA512", 64));

  static Hashes named(String name) throws CryptoFault {
    Hashes hash = BY_NAME.get(name);
    if (hash == null) {
      throw CryptoFault.notSupported("Unrecognized hash: " + name);
    }
    return hash;
  }

  MGF1ParameterSpec mgf1() {
    return new MGF1ParameterSpec(digest);
  }
}
