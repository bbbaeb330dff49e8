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
  static final Hashes SHA_256 = sha("256", 32);

  private static final Map<String, Hashes> BY_NAME =
      Map.ofEntries(
          Map.entry("MD5", new Hashes("MD5", "HmacMD5", "MD5", 16)),
          Map.entry("SHA-1", new Hashes("SHA-1", "HmacSHA1", "SHA1", 20)),
          Map.entry("SHA-224", sha("224", 28)),
          Map.entry("SHA-256", SHA_256),
          Map.entry("SHA-384", sha("384", 48)),
          Map.entry("SHA-512", sha("512", 64)),
          Map.entry("SHA-512/224", sha("512/224", 28)),
          Map.entry("SHA-512/256", sha("512/256", 32)),
          Map.entry("SHA3-224", sha3("224", 28)),
          Map.entry("SHA3-256", sha3("256", 32)),
          Map.entry("SHA3-384", sha3("384", 48)),
          Map.entry("SHA3-512", sha3("512", 64)));

  private static Hashes sha(String bits, int size) {
    return new Hashes("SHA-" + bits, "HmacSHA" + bits, "SHA" + bits, size);
  }

  private static Hashes sha3(String bits, int size) {
    return new Hashes("SHA3-" + bits, "HmacSHA3-" + bits, "SHA3-" + bits, size);
  }

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
