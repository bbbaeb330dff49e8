package dev.cambio.runtime.guest.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;

/** base64url without padding, as the members of a JWK are written (RFC 7515 §2, RFC 7518 §2). */
final class Base64Url {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private Base64Url() {}

  static byte[] decode(String text) throws CryptoFault {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw CryptoFault.data("A JWK member is not base64url");
    }
  }

  static BigInteger decodeInteger(String text) throws CryptoFault {
    byte[] bytes = decode(text);
    if (bytes.length == 0) {
      throw CryptoFault.data("A JWK member is empty");
    }
    return new BigInteger(1, bytes);
  }

  static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }

  /** A positive number in as few bytes as it needs. */
  static String encode(BigInteger value) {
    byte[] bytes = value.toByteArray();
    return encode(
        bytes.length > 1 && bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
  }

  /** A number that is not negative in exactly {@code size} bytes. */
  static byte[] fixed(BigInteger value, int size) {
    byte[] bytes = value.toByteArray();
    byte[] padded = new byte[size];
    int length = Math.min(bytes.length, size);
    System.arraycopy(bytes, bytes.length - length, padded, size - length, length);
    return padded;
  }
}
