package dev.cambio.gateway.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A client secret in memory. Compares in constant time and never prints itself. */
public final class ClientSecret {
  private final byte[] value;

  ClientSecret(byte[] value) {
    this.value = value;
  }

  /** Whether the presented text is this secret; takes as long whatever is presented. */
  boolean matches(String presented) {
    return MessageDigest.isEqual(sha256(value), sha256(presented.getBytes(StandardCharsets.UTF_8)));
  }

  /** The key for HS256 ID tokens of this client. */
  public byte[] hmacKey() {
    return value.clone();
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
