package dev.cambio.runtime.guest.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/** Ed25519 and X25519 keys (RFC 8410): 32 bytes each way, behind fixed DER heads. */
final class OkpKeys {
  static final int SIZE = 32;

  private static final List<String> NAMES = List.of("Ed25519", "X25519");

  private OkpKeys() {}

  /** Half of a key pair: its algorithm and its 32 bytes. */
  record Half(String name, byte[] bytes) {
    Half {
      if (bytes.length != SIZE) {
        throw new IllegalArgumentException("must have 32 bytes");
      }
    }

    byte[] spki() {
      return Der.sequence(algorithm(name), Der.bitString(bytes));
    }

    byte[] pkcs8() {
      return Der.sequence(
          Der.integer(0),
          algorithm(name),
          Der.value(Der.OCTET_STRING, Der.value(Der.OCTET_STRING, bytes)));
    }
  }

  static Half half(String name, byte[] bytes) throws CryptoFault {
    if (!NAMES.contains(name)) {
      throw CryptoFault.notSupported("Unrecognized curve: " + name);
    }
    if (bytes.length != SIZE) {
      throw CryptoFault.data("The key must have 32 bytes");
    }
    return new Half(name, bytes);
  }

  private static byte[] algorithm(String name) {
    return Der.sequence(Der.value(Der.OBJECT_ID, objectId(name)));
  }

  private static byte[] objectId(String name) {
    return new byte[] {0x2b, 0x65, (byte) (name.equals("Ed25519") ? 0x70 : 0x6e)};
  }

  static boolean isObjectId(byte[] objectId) {
    return NAMES.stream().anyMatch(name -> Arrays.equals(objectId(name), objectId));
  }

  static Half readSpki(byte[] spki) throws CryptoFault {
    DerReader info = new DerReader(spki).enter(Der.SEQUENCE);
    String name = readAlgorithm(info.enter(Der.SEQUENCE));
    return half(name, info.bitString());
  }

  static Half readPkcs8(byte[] pkcs8) throws CryptoFault {
    DerReader info = new DerReader(pkcs8).enter(Der.SEQUENCE);
    info.integer();
    String name = readAlgorithm(info.enter(Der.SEQUENCE));
    return half(name, new DerReader(info.content(Der.OCTET_STRING)).content(Der.OCTET_STRING));
  }

  private static String readAlgorithm(DerReader algorithm) throws CryptoFault {
    byte[] objectId = algorithm.content(Der.OBJECT_ID);
    for (String name : NAMES) {
      if (Arrays.equals(objectId(name), objectId)) {
        return name;
      }
    }
    throw CryptoFault.data("The key is neither an Ed25519 nor an X25519 key");
  }

  /**
   * The public half of a private one. The JCA has no call for it, but makes the pair of whatever
   * its source of randomness yields.
   */
  static Half publicHalf(Half privateHalf) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(privateHalf.name());
    generator.initialize(
        new NamedParameterSpec(privateHalf.name()), new Fixed(privateHalf.bytes()));
    byte[] spki = generator.generateKeyPair().getPublic().getEncoded();
    return new Half(privateHalf.name(), Arrays.copyOfRange(spki, spki.length - SIZE, spki.length));
  }

  static PublicKey jcaPublic(Half half) throws CryptoFault, GeneralSecurityException {
    try {
      return KeyFactory.getInstance(half.name())
          .generatePublic(new X509EncodedKeySpec(half.spki()));
    } catch (GeneralSecurityException e) {
      throw CryptoFault.data("The public key is not valid");
    }
  }

  static PrivateKey jcaPrivate(Half half) throws GeneralSecurityException {
    return KeyFactory.getInstance(half.name())
        .generatePrivate(new PKCS8EncodedKeySpec(half.pkcs8()));
  }

  /** Randomness that is a given key. */
  private static final class Fixed extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte[] key;

    Fixed(byte[] key) {
      this.key = key.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(key, 0, bytes, 0, Math.min(key.length, bytes.length));
    }
  }
}
