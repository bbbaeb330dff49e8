package dev.cambio.gateway.mfa;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes the tokens and codes of this package. Thread-safe. */
final class Codes {
  private static final int TOKEN_BYTES = 32;
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final int DEVICE_LETTERS = 16;

  /** 24 letters of 32 are 120 bits: too many to guess, so a plain hash keeps the code. */
  private static final int RECOVERY_LETTERS = 24;

  private static final int BINDING_BOUND = 1_000_000;
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private final SecureRandom random;

  Codes(SecureRandom random) {
    this.random = random;
  }

  /** 256 bits in base64url. */
  String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether a text can be what {@link #token} made, so that it is worth looking for. */
  static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  /** The id of an authenticator. */
  String deviceId(String type) {
    return type + "|dev_" + letters(DEVICE_LETTERS);
  }

  String recoveryCode() {
    return letters(RECOVERY_LETTERS);
  }

  /** Six digits. */
  String bindingCode() {
    return String.format(Locale.ROOT, "%06d", random.nextInt(BINDING_BOUND));
  }

  /** Bits of a shared key in base32 (RFC 4648 §6), five a letter. */
  String letters(int count) {
    StringBuilder letters = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      letters.append(BASE32.charAt(random.nextInt(BASE32.length())));
    }
    return letters.toString();
  }

  /** The bytes that letters of base32 stand for; their number is a multiple of eight. */
  static byte[] bytes(String letters) {
    byte[] bytes = new byte[letters.length() * 5 / 8];
    int bits = 0;
    int held = 0;
    int next = 0;
    for (int i = 0; i < letters.length(); i++) {
      held = held << 5 | BASE32.indexOf(letters.charAt(i));
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[next++] = (byte) (held >> bits);
      }
    }
    return bytes;
  }

  /** SHA-256. */
  static byte[] hash(String code) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(code.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
