package dev.cambio.gateway.mfa;

import com.eatthepath.otp.HmacOneTimePasswordGenerator;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import javax.crypto.spec.SecretKeySpec;

/** One-time passwords by time: SHA-1, six digits, steps of 30 seconds (RFC 6238). */
final class Totp {
  static final int DIGITS = 6;
  static final int STEP_SECONDS = 30;

  /** Letters of base32 in a shared key: 160 bits (RFC 4226 §4). */
  static final int KEY_LETTERS = 32;

  /** How many steps a clock may be behind or ahead (RFC 6238 §5.2). */
  private static final int DRIFT = 1;

  private Totp() {}

  /** The time step whose code this is, near that time; empty if it is none of them. */
  static OptionalLong step(byte[] key, String code, Instant now) {
    long current = now.getEpochSecond() / STEP_SECONDS;
    OptionalLong found = OptionalLong.empty();
    for (long step = current - DRIFT; step <= current + DRIFT; step++) {
      if (MessageDigest.isEqual(ascii(code(key, step)), ascii(code))) {
        found = OptionalLong.of(step);
      }
    }
    return found;
  }

  /** The code of a time step. */
  static String code(byte[] key, long step) {
    try {
      return new HmacOneTimePasswordGenerator(DIGITS)
          .generateOneTimePasswordString(new SecretKeySpec(key, "HmacSHA1"), step, Locale.ROOT);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] ascii(String code) {
    return code.getBytes(StandardCharsets.UTF_8);
  }
}
