package dev.cambio.gateway.store;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Caches of tenant configuration, all dropped together when the tenant's configuration changes.
 * What is loading while the drop happens is answered to those who wait for it, but not kept.
 *
 * <p>Keys come from strangers. One that nothing can have is not even looked up; that there is
 * nothing under one is remembered apart, for some seconds and in little room, so that made-up keys
 * push nothing out that exists. Both rooms are counted in bytes, for all caches of the node
 * together.
 */
public final class ConfigurationCaches {
  /** Stands for the tenant where the question is which tenant; dropped with any of them. */
  public static final String ANY_TENANT = "";

  private static final int SHARE_OF_HEAP = 16;
  private static final int BYTES_OF_MISSES = 1024 * 1024;
  private static final int BYTES_OF_ENTRY = 256;
  private static final Duration MISS_LASTS = Duration.ofSeconds(10);

  /** What was dropped is out of reach at once, and gone by then. */
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private final AsyncCache<Key, Optional<?>> found;
  private final Cache<Key, Boolean> misses;
  private final Map<String, Generation> generations = new ConcurrentHashMap<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final Executor loaders = Executors.newVirtualThreadPerTaskExecutor();

  /** What was read of a tenant between two changes of it; compared by identity. */
  private static final class Generation {}

  private record Key(Cached<?, ?> cache, Generation generation, Object key) {}

  public ConfigurationCaches() {
    this(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP, BYTES_OF_MISSES);
  }

  /** Caches of that many bytes, roughly, for what is there and for what is not. */
  ConfigurationCaches(long bytesOfFound, long bytesOfMisses) {
    found =
        Caffeine.newBuilder()
            .maximumWeight(bytesOfFound)
            .weigher((Key key, Optional<?> value) -> weight(key) + Weight.of(value))
            .expireAfterAccess(UNUSED)
            .buildAsync();
    misses =
        Caffeine.newBuilder()
            .maximumWeight(bytesOfMisses)
            .weigher((Key key, Boolean missing) -> weight(key))
            .expireAfterWrite(MISS_LASTS)
            .build();
  }

  private static int weight(Key key) {
    return BYTES_OF_ENTRY + Weight.of(key.key());
  }

  /**
   * A new cache of what has a name.
   *
   * @param longest name that there can be, in characters
   * @param loader from tenant id and name to the value; absence is remembered too
   */
  public <V> Cached<String, V> cache(int longest, BiFunction<String, String, Optional<V>> loader) {
    return new Cached<>(this, name -> isPossible(name, longest), loader);
  }

  /**
   * A new cache whose keys are of our own making.
   *
   * @param loader from tenant id and key to the value; absence is remembered too
   */
  public <K, V> Cached<K, V> cache(BiFunction<String, K, Optional<V>> loader) {
    return new Cached<>(this, key -> true, loader);
  }

  private static boolean isPossible(String name, int longest) {
    return name.length() <= 2 * longest
        && name.codePointCount(0, name.length()) <= longest
        && StorableText.is(name);
  }

  /** Has somebody told of each tenant that has been forgotten; must not block. */
  public void whenDropped(Consumer<String> listener) {
    listeners.add(listener);
  }

  /** Forgets everything of that tenant. */
  public void drop(String tenantId) {
    generations.remove(tenantId);
    generations.remove(ANY_TENANT);
    listeners.forEach(listener -> listener.accept(tenantId));
  }

  /** Forgets everything. */
  public void dropAll() {
    generations.clear();
    found.synchronous().invalidateAll();
    misses.invalidateAll();
  }

  /** Bytes that what is there, or what is not, takes roughly. */
  long bytes(boolean ofMisses) {
    Cache<Key, ?> cache = ofMisses ? misses : found.synchronous();
    cache.cleanUp();
    return cache.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }

  /** One cache. Thread-safe; {@link #get} waits, so it belongs on virtual threads. */
  public static final class Cached<K, V> {
    private final ConfigurationCaches caches;
    private final Predicate<K> possible;
    private final BiFunction<String, K, Optional<V>> loader;

    private Cached(
        ConfigurationCaches caches,
        Predicate<K> possible,
        BiFunction<String, K, Optional<V>> loader) {
      this.caches = caches;
      this.possible = possible;
      this.loader = loader;
    }

    /** The value, loaded at most once however many ask at the same time. */
    @SuppressWarnings("unchecked") // What is under a key with this cache in it was loaded by it.
    public Optional<V> get(String tenantId, K key) {
      Key place = new Key(this, caches.generation(tenantId), key);
      CompletableFuture<Optional<?>> value = caches.found.getIfPresent(place);
      if (value == null) {
        if (!possible.test(key) || caches.misses.getIfPresent(place) != null) {
          return Optional.empty();
        }
        value = caches.found.get(place, (absent, executor) -> load(tenantId, key));
      }
      return (Optional<V>) caches.settled(place, value);
    }

    private CompletableFuture<Optional<?>> load(String tenantId, K key) {
      CompletableFuture<Optional<?>> loading = new CompletableFuture<>();
      caches.loaders.execute(
          () -> {
            try {
              loading.complete(loader.apply(tenantId, key));
            } catch (Throwable e) { // nobody may be left waiting
              loading.completeExceptionally(new Unloaded(e));
            }
          });
      return loading;
    }
  }

  /** A load that failed; those who wait are told the cause, and the cache, which logs, nothing. */
  private static final class Unloaded extends CancellationException {
    private static final long serialVersionUID = 1L;

    private final Throwable failure;

    Unloaded(Throwable failure) {
      this.failure = failure;
    }

    /** The failure, as it can be thrown. */
    RuntimeException asThrown() {
      return failure instanceof RuntimeException known ? known : new CompletionException(failure);
    }
  }

  private Generation generation(String tenantId) {
    Generation current = generations.get(tenantId);
    return current != null
        ? current
        : generations.computeIfAbsent(tenantId, id -> new Generation());
  }

  /** Waits for the value; neither a failure nor absence stays among what was found. */
  private Optional<?> settled(Key place, CompletableFuture<Optional<?>> value) {
    try {
      Optional<?> loaded = value.join();
      if (loaded.isEmpty()) {
        misses.put(place, true);
        found.asMap().remove(place, value);
      }
      return loaded;
    } catch (CancellationException e) {
      // The cache forgets a failed load by itself, but perhaps only after we are back.
      found.asMap().remove(place, value);
      // The JDK wraps the one in another, to tell where it was waited for.
      throw e.getCause() instanceof Unloaded unloaded ? unloaded.asThrown() : e;
    }
  }
}
