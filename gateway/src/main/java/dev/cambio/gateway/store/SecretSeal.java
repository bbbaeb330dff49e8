package dev.cambio.gateway.store;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

/**
 * Seals secrets at rest with AES-256-GCM under the master key. A sealed value opens only in the
 * context it was sealed for, so a row copied to another entity or tenant is useless there.
 * Thread-safe.
 */
public final class SecretSeal {
  public static final int MASTER_KEY_BYTES = 32;

  private final Aead aead;

  private SecretSeal(Aead aead) {
    this.aead = aead;
  }

  /**
   * A seal under that key.
   *
   * @param masterKey exactly {@value #MASTER_KEY_BYTES} bytes
   */
  @AccessesPartialKey
  public static SecretSeal of(byte[] masterKey) {
    try {
      AeadConfig.register();
      AesGcmParameters parameters =
          AesGcmParameters.builder()
              .setKeySizeBytes(MASTER_KEY_BYTES)
              .setIvSizeBytes(12)
              .setTagSizeBytes(16)
              .setVariant(AesGcmParameters.Variant.NO_PREFIX)
              .build();
      AesGcmKey key =
          AesGcmKey.builder()
              .setParameters(parameters)
              .setKeyBytes(SecretBytes.copyFrom(masterKey, InsecureSecretKeyAccess.get()))
              .build();
      KeysetHandle handle =
          KeysetHandle.newBuilder()
              .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
              .build();
      return new SecretSeal(handle.getPrimitive(RegistryConfiguration.get(), Aead.class));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the master key must have 32 bytes", e);
    }
  }

  /**
   * Seals a secret.
   *
   * @param context names the one place the value belongs to, e.g. {@code client_secret/TENANT/ID}
   */
  public byte[] seal(byte[] plain, String context) {
    try {
      return aead.encrypt(plain, context.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  /**
   * Opens a sealed secret.
   *
   * @throws IllegalStateException if it was sealed under another master key or for another context
   */
  public byte[] open(byte[] sealed, String context) {
    try {
      return aead.decrypt(sealed, context.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("not sealed by this master key for " + context, e);
    }
  }

  /** Whether a value was sealed under this master key for that context, and is unchanged. */
  public boolean opens(byte[] sealed, String context) {
    try {
      aead.decrypt(sealed, context.getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
