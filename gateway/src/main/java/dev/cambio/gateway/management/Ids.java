package dev.cambio.gateway.management;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;

/** Makes identifiers in the shapes of contract management-api §1.4. */
public final class Ids {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int SUFFIX = 16;
  private static final int CLIENT_ID = 32;

  private final SecureRandom random = new SecureRandom();

  /** E.g. {@code tep_} and 16 letters and digits. */
  public String prefixed(String prefix) {
    return prefix + alphanumeric(SUFFIX);
  }

  public String clientId() {
    return alphanumeric(CLIENT_ID);
  }

  public String uuid() {
    return UUID.randomUUID().toString();
  }

  public String resourceServer() {
    byte[] bytes = new byte[12];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** 64 characters with 384 bits of randomness. */
  public byte[] secret() {
    byte[] bytes = new byte[48];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encode(bytes);
  }

  public SecureRandom random() {
    return random;
  }

  private String alphanumeric(int length) {
    StringBuilder id = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
