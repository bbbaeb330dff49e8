package dev.cambio.runtime.guest.crypto;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keys that were parsed lately, by their encoding. Safe for use by many threads. */
final class KeyCache {
  private static final int MAX_KEYS = 256;

  /** Makes a key of its encoding. */
  @FunctionalInterface
  interface Parser<K extends Key> {
    K parse(byte[] encoded) throws CryptoFault, GeneralSecurityException;
  }

  /** An encoding, compared by content, and the kind of key it was parsed as. */
  private record Id(Class<?> kind, byte[] encoded, int hash) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Id id
          && id.hash == hash
          && id.kind == kind
          && Arrays.equals(id.encoded, encoded);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final LinkedHashMap<Id, Key> keys = new LinkedHashMap<>(16, 0.75f, true);

  <K extends Key> K get(Class<K> kind, byte[] encoded, Parser<K> parser)
      throws CryptoFault, GeneralSecurityException {
    Id id = new Id(kind, encoded, Arrays.hashCode(encoded));
    synchronized (keys) {
      Key known = keys.get(id);
      if (known != null) {
        return kind.cast(known);
      }
    }
    K parsed = parser.parse(encoded);
    synchronized (keys) {
      keys.put(id, parsed);
      if (keys.size() > MAX_KEYS) {
        Map.Entry<Id, Key> eldest = keys.firstEntry();
        keys.remove(eldest.getKey());
      }
    }
    return parsed;
  }
}
