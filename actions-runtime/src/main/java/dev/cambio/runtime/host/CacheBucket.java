package dev.cambio.runtime.host;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All entries of one trigger of one tenant. One value of the map, so that limits over all entries
 * are kept in one atomic step.
 */
record CacheBucket(Map<String, Item> items) {

  CacheBucket {
    // Changes are made to a copy.
    items = new HashMap<>(items);
  }

  /**
   * One entry.
   *
   * @param sealed the value, which members hold and send in this form only
   * @param bytes size of key and value in UTF-8
   * @param expiresAt milliseconds since the epoch
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; a list of bytes would be larger.
  record Item(byte[] sealed, int bytes, long expiresAt) {}

  @Nullable Item find(String key, long now) {
    Item item = items.get(key);
    return item == null || item.expiresAt() <= now ? null : item;
  }

  private CacheBucket live(long now) {
    Map<String, Item> live = new HashMap<>(items);
    live.values().removeIf(item -> item.expiresAt() <= now);
    return new CacheBucket(live);
  }

  private boolean fits(int entries, int totalBytes) {
    int bytes = items.values().stream().mapToInt(Item::bytes).sum();
    return items.size() <= entries && bytes <= totalBytes;
  }

  private void storeIn(Entry<String, CacheBucket> entry, long now) {
    long last = items.values().stream().mapToLong(Item::expiresAt).max().orElse(now);
    // Expired buckets go by themselves; a life of 0 would mean one without end.
    ((ExtendedMapEntry<String, CacheBucket>) entry)
        .setValue(this, Math.max(1, last - now), TimeUnit.MILLISECONDS);
  }

  static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static CacheBucket liveOf(@Nullable CacheBucket stored, long now) {
    return stored == null ? new CacheBucket(Map.of()) : stored.live(now);
  }

  /** A change of one bucket; processing answers false if it cannot be made. */
  sealed interface Change extends EntryProcessor<String, CacheBucket, Boolean> {
    long now();

    /** The bucket as changed; empty if it cannot be. */
    Optional<CacheBucket> on(@Nullable CacheBucket stored);

    @Override
    default Boolean process(Entry<String, CacheBucket> entry) {
      Optional<CacheBucket> changed = on(entry.getValue());
      changed.ifPresent(bucket -> bucket.storeIn(entry, now()));
      return changed.isPresent();
    }
  }

  /**
   * Sets an entry, if it fits.
   *
   * @param entries how many there may be then
   * @param totalBytes how large all may be then
   */
  record Put(String key, Item item, long now, int entries, int totalBytes) implements Change {
    static Put within(CacheLimits limits, String key, Item item, long now) {
      return new Put(key, item, now, limits.entries(), limits.totalBytes());
    }

    @Override
    public Optional<CacheBucket> on(@Nullable CacheBucket stored) {
      CacheBucket bucket = liveOf(stored, now);
      bucket.items().put(key, item);
      return Optional.of(bucket).filter(changed -> changed.fits(entries, totalBytes));
    }
  }

  /** Removes an entry, if there is one. */
  record Remove(String key, long now) implements Change {
    @Override
    public Optional<CacheBucket> on(@Nullable CacheBucket stored) {
      CacheBucket bucket = liveOf(stored, now);
      return bucket.items().remove(key) == null ? Optional.empty() : Optional.of(bucket);
    }
  }
}
