package dev.cambio.gateway.store;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Caches of tenant configuration, all dropped together when the tenant's configuration changes.
 * What is loading while the drop happens is answered to those who wait for it, but not kept.
 */
public final class ConfigurationCaches {
  /** Stands for the tenant where the question is which tenant; dropped with any of them. */
  public static final String ANY_TENANT = "";

  private static final int MAX_ENTRIES_PER_TENANT = 10_000;

  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final List<Cached<?, ?>> all = new CopyOnWriteArrayList<>();
  private final Executor loaders = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * A new cache.
   *
   * @param loader from tenant id and key to the value; absence is cached too
   */
  public <K, V> Cached<K, V> cache(BiFunction<String, K, Optional<V>> loader) {
    Cached<K, V> cache = new Cached<>(loader, loaders);
    all.add(cache);
    return cache;
  }

  /** Has somebody told of each tenant that has been forgotten; must not block. */
  public void whenDropped(Consumer<String> listener) {
    listeners.add(listener);
  }

  /** Forgets everything of that tenant. */
  public void drop(String tenantId) {
    for (Cached<?, ?> cache : all) {
      cache.tenants.remove(tenantId);
      cache.tenants.remove(ANY_TENANT);
    }
    listeners.forEach(listener -> listener.accept(tenantId));
  }

  /** Forgets everything. */
  public void dropAll() {
    all.forEach(cache -> cache.tenants.clear());
  }

  /** One cache. Thread-safe; {@link #get} waits, so it belongs on virtual threads. */
  public static final class Cached<K, V> {
    private final Map<String, AsyncCache<K, Optional<V>>> tenants = new ConcurrentHashMap<>();
    private final BiFunction<String, K, Optional<V>> loader;
    private final Executor loaders;

    private Cached(BiFunction<String, K, Optional<V>> loader, Executor loaders) {
      this.loader = loader;
      this.loaders = loaders;
    }

    /** The value, loaded at most once however many ask at the same time. */
    public Optional<V> get(String tenantId, K key) {
      AsyncCache<K, Optional<V>> cache =
          tenants.computeIfAbsent(
              tenantId,
              id -> Caffeine.newBuilder().maximumSize(MAX_ENTRIES_PER_TENANT).buildAsync());
      CompletableFuture<Optional<V>> value =
          cache.get(
              key,
              (k, executor) ->
                  CompletableFuture.supplyAsync(() -> loader.apply(tenantId, k), loaders));
      try {
        return value.join();
      } catch (CompletionException e) {
        // The cache forgets a failed load by itself, but perhaps only after we are back.
        cache.asMap().remove(key, value);
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw e;
      }
    }
  }
}
