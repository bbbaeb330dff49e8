package dev.cambio.runtime.guest.crypto;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES in the modes of WebCrypto, and the block ciphers that Node's createCipheriv has besides. */
final class AesOperations {
  private static final int BLOCK = 16;
  private static final Set<String> BLOCK_MODES =
      Set.of("AES/CBC", "AES/ECB", "DESede/CBC", "DESede/ECB");

  private AesOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "aes.encrypt", a -> crypt(Cipher.ENCRYPT_MODE, a),
        "aes.decrypt", a -> crypt(Cipher.DECRYPT_MODE, a),
        "cipher.blocks", AesOperations::blocks,
        "aes.wrap", a -> keyWrap(Cipher.ENCRYPT_MODE, a),
        "aes.unwrap", a -> keyWrap(Cipher.DECRYPT_MODE, a));
  }

  private static byte[] crypt(int mode, Arguments a) throws CryptoFault, GeneralSecurityException {
    return switch (a.text(0)) {
      case "AES-GCM" -> gcm(mode, a);
      case "AES-CBC" -> cbc(mode, a);
      case "AES-CTR" -> counter(a);
      default -> throw CryptoFault.notSupported("Unrecognized cipher: " + a.text(0));
    };
  }

  private static byte[] gcm(int mode, Arguments a) throws CryptoFault, GeneralSecurityException {
    int tagBits = a.integer(1, 96, 128, "The tag length");
    if (a.bytes(1).length == 0) {
      throw CryptoFault.operation("algorithm.iv must not be empty");
    }
    Cipher cipher = cipher("AES/GCM/NoPadding", mode, a, new GCMParameterSpec(tagBits, a.bytes(1)));
    if (a.hasBytes(3)) {
      cipher.updateAAD(a.bytes(3));
    }
    return cipher.doFinal(a.bytes(2));
  }

  /**
   * Whole blocks without padding: texts are a mode (`AES/CBC`) and a direction; bytes key, data,
   * perhaps IV.
   */
  private static byte[] blocks(Arguments a) throws CryptoFault, GeneralSecurityException {
    String mode = a.text(0);
    if (!BLOCK_MODES.contains(mode)) {
      throw CryptoFault.notSupported("Unrecognized cipher: " + mode);
    }
    int direction = a.text(1).equals("encrypt") ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
    var key = new SecretKeySpec(a.bytes(0), mode.substring(0, mode.indexOf('/')));
    Cipher cipher = Cipher.getInstance(mode + "/NoPadding");
    if (a.hasBytes(2)) {
      cipher.init(direction, key, new IvParameterSpec(a.bytes(2)));
    } else {
      cipher.init(direction, key);
    }
    return cipher.doFinal(a.bytes(1));
  }

  private static byte[] cbc(int mode, Arguments a) throws CryptoFault, GeneralSecurityException {
    // Padding is at least one byte, so there is no text without a block; the JDK makes nothing of
    // it.
    if (mode == Cipher.DECRYPT_MODE && a.bytes(2).length == 0) {
      throw CryptoFault.operation("The data is not a padded text");
    }
    return cipher("AES/CBC/PKCS5Padding", mode, a, block(a, "algorithm.iv")).doFinal(a.bytes(2));
  }

  /**
   * Counter mode whose counter is the last bits of the block only: where they overflow they start
   * again at zero, and the bits before them stay.
   */
  private static byte[] counter(Arguments a) throws CryptoFault, GeneralSecurityException {
    int bits = a.integer(1, 1, 8 * BLOCK, "algorithm.length");
    byte[] data = a.bytes(2);
    BigInteger start = new BigInteger(1, block(a, "algorithm.counter").getIV());
    BigInteger range = BigInteger.ONE.shiftLeft(bits);
    BigInteger blocks = BigInteger.valueOf((data.length + BLOCK - 1) / BLOCK);
    if (blocks.compareTo(range) > 0) {
      throw CryptoFault.operation("The data is too long for the counter");
    }
    BigInteger untilZero = range.subtract(start.mod(range));
    if (blocks.compareTo(untilZero) <= 0) {
      return counterRun(a, start, data, 0, data.length);
    }
    int split = untilZero.intValueExact() * BLOCK;
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length);
    out.writeBytes(counterRun(a, start, data, 0, split));
    BigInteger restarted = start.subtract(start.mod(range));
    out.writeBytes(counterRun(a, restarted, data, split, data.length - split));
    return out.toByteArray();
  }

  private static byte[] counterRun(
      Arguments a, BigInteger counter, byte[] data, int from, int length)
      throws CryptoFault, GeneralSecurityException {
    var start = new IvParameterSpec(Base64Url.fixed(counter, BLOCK));
    return cipher("AES/CTR/NoPadding", Cipher.ENCRYPT_MODE, a, start).doFinal(data, from, length);
  }

  /** RFC 3394. Bytes are key, data, and the initial value if it is not the usual one. */
  private static byte[] keyWrap(int mode, Arguments a)
      throws CryptoFault, GeneralSecurityException {
    if (a.bytes(1).length % 8 != 0) {
      throw CryptoFault.operation("AES-KW works on multiples of 8 bytes");
    }
    Cipher cipher = Cipher.getInstance("AES/KW/NoPadding");
    SecretKeySpec key = new SecretKeySpec(a.bytes(0), "AES");
    if (a.hasBytes(2)) {
      cipher.init(mode, key, new IvParameterSpec(a.bytes(2)));
    } else {
      cipher.init(mode, key);
    }
    return cipher.doFinal(a.bytes(1));
  }

  private static IvParameterSpec block(Arguments a, String name) throws CryptoFault {
    if (a.bytes(1).length != BLOCK) {
      throw CryptoFault.operation(name + " must have 16 bytes");
    }
    return new IvParameterSpec(a.bytes(1));
  }

  private static Cipher cipher(
      String name, int mode, Arguments a, AlgorithmParameterSpec parameters)
      throws CryptoFault, GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(name);
    cipher.init(mode, new SecretKeySpec(a.bytes(0), "AES"), parameters);
    return cipher;
  }
}
