package dev.cambio.runtime.guest.crypto;

import java.security.spec.MGF1ParameterSpec;
import java.util.HexFormat;
import java.util.Map;

/**
 * Hash algorithms by the prelude's names.
 *
 * @param digest JCA name of the digest
 * @param mac JCA name of its HMAC
 * @param signature how the digest is written in JCA signature names
 * @param size length of a digest in bytes
 * @param objectId the algorithm's object identifier, in hexadecimal
 */
record Hashes(String digest, String mac, String signature, int size, String objectId) {
  /** NIST's hash algorithms; one more byte says which. */
  private static final String NIST = "6086480165030402";

  static final Hashes SHA_256 = sha("256", 32, 1);

  private static final Map<String, Hashes> BY_NAME =
      Map.ofEntries(
          Map.entry("MD5", new Hashes("MD5", "HmacMD5", "MD5", 16, "2a864886f70d0205")),
          Map.entry("SHA-1", new Hashes("SHA-1", "HmacSHA1", "SHA1", 20, "2b0e03021a")),
          Map.entry("SHA-224", sha("224", 28, 4)),
          Map.entry("SHA-256", SHA_256),
          Map.entry("SHA-384", sha("384", 48, 2)),
          Map.entry("SHA-512", sha("512", 64, 3)),
          Map.entry("SHA-512/224", sha("512/224", 28, 5)),
          Map.entry("SHA-512/256", sha("512/256", 32, 6)),
          Map.entry("SHA3-224", sha3("224", 28, 7)),
          Map.entry("SHA3-256", sha3("256", 32, 8)),
          Map.entry("SHA3-384", sha3("384", 48, 9)),
          Map.entry("SHA3-512", sha3("512", 64, 10)));

  private static Hashes sha(String bits, int size, int id) {
    return new Hashes("SHA-" + bits, "HmacSHA" + bits, "SHA" + bits, size, nist(id));
  }

  private static Hashes sha3(String bits, int size, int id) {
    return new Hashes("SHA3-" + bits, "HmacSHA3-" + bits, "SHA3-" + bits, size, nist(id));
  }

  private static String nist(int id) {
    return NIST + HexFormat.of().toHexDigits((byte) id);
  }

  /** A digest with its algorithm, as signatures of PKCS #1 v1.5 hold it (RFC 8017 §9.2). */
  byte[] digestInfo(byte[] value) {
    byte[] id = Der.value(Der.OBJECT_ID, HexFormat.of().parseHex(objectId));
    return Der.sequence(Der.sequence(id, Der.NULL), Der.value(Der.OCTET_STRING, value));
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
