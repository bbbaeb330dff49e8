package dev.cambio.model.bus;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Seals what crosses the wire between nodes with AES-256-GCM, under keys derived from the cluster
 * secret.
 *
 * <p>Every process draws a random sender id and derives its own key from it, then counts its
 * messages; so no nonce is ever used twice under one key, however many messages are sent. Safe for
 * use by many threads.
 */
public final class BusSeal {
  private static final int SENDER_LENGTH = 16;
  private static final int HEADER_LENGTH = SENDER_LENGTH + Long.BYTES;
  private static final int TAG_BITS = 128;

  /** Bounds the derived keys kept; past it, an attacker's made-up ids cost a derivation each. */
  private static final int MAX_SENDERS = 1024;

  private final byte[] secret;
  private final byte[] sender = new byte[SENDER_LENGTH];
  private final SecretKey sendingKey;
  private final AtomicLong counter = new AtomicLong();
  private final Map<ByteBuffer, SecretKey> keys = new ConcurrentHashMap<>();

  /**
   * A seal of this process.
   *
   * @param clusterSecret at least 16 bytes, the same on every node
   */
  public BusSeal(byte[] clusterSecret, SecureRandom random) {
    if (clusterSecret.length < 16) {
      throw new IllegalArgumentException("the cluster secret must have at least 16 bytes");
    }
    this.secret = clusterSecret.clone();
    random.nextBytes(sender);
    this.sendingKey = derive(sender);
  }

  /**
   * Seals a message.
   *
   * @param purpose what the bytes are; {@link #open} must be given the same
   */
  public byte[] seal(String purpose, byte[] plain) {
    long number = counter.incrementAndGet();
    ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH).put(sender).putLong(number).flip();
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, sendingKey, number, purpose).doFinal(plain);
      return ByteBuffer.allocate(HEADER_LENGTH + sealed.length).put(header).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is not available", e);
    }
  }

  /**
   * Opens a sealed message.
   *
   * @throws GeneralSecurityException if it was not sealed for that purpose under the cluster secret
   */
  public byte[] open(String purpose, byte[] message) throws GeneralSecurityException {
    if (message.length < HEADER_LENGTH) {
      throw new GeneralSecurityException("truncated message");
    }
    ByteBuffer header = ByteBuffer.wrap(message, 0, HEADER_LENGTH);
    byte[] from = new byte[SENDER_LENGTH];
    header.get(from);
    Cipher cipher = cipher(Cipher.DECRYPT_MODE, keyOf(from), header.getLong(), purpose);
    return cipher.doFinal(message, HEADER_LENGTH, message.length - HEADER_LENGTH);
  }

  private SecretKey keyOf(byte[] from) {
    if (keys.size() >= MAX_SENDERS) {
      keys.clear();
    }
    return keys.computeIfAbsent(ByteBuffer.wrap(from), id -> derive(from));
  }

  private SecretKey derive(byte[] id) {
    try {
      HKDFParameterSpec parameters =
          HKDFParameterSpec.ofExtract()
              .addIKM(secret)
              .addSalt("cambio bus 1".getBytes(StandardCharsets.US_ASCII))
              .thenExpand(id, 32);
      return KDF.getInstance("HKDF-SHA256").deriveKey("AES", parameters);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF is not available", e);
    }
  }

  private static Cipher cipher(int mode, SecretKey key, long number, String purpose)
      throws GeneralSecurityException {
    byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(number).array();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
