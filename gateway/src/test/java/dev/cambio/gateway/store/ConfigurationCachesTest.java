package dev.cambio.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConfigurationCachesTest {
  private final ConfigurationCaches caches = new ConfigurationCaches();
  private final AtomicInteger loads = new AtomicInteger();

  @Test
  void loadsOnceAndAgainAfterADrop() {
    Cached<String, Integer> cache = counting();

    assertThat(cache.get("t1", "k")).contains(1);
    assertThat(cache.get("t1", "k")).contains(1);
    caches.drop("t1");
    assertThat(cache.get("t1", "k")).contains(2);
  }

  @Test
  void keepsTenantsApart() {
    Cached<String, Integer> cache = counting();

    assertThat(cache.get("t1", "k")).contains(1);
    assertThat(cache.get("t2", "k")).contains(2);
    caches.drop("t2");
    assertThat(cache.get("t1", "k")).contains(1);
  }

  @Test
  void anyDropForgetsWhichTenantIsWhich() {
    Cached<String, Integer> cache = counting();
    cache.get(ConfigurationCaches.ANY_TENANT, "host");

    caches.drop("t1");

    assertThat(cache.get(ConfigurationCaches.ANY_TENANT, "host")).contains(2);
  }

  @Test
  void remembersAbsence() {
    Cached<String, Integer> cache =
        caches.cache(
            (tenant, key) -> {
              loads.incrementAndGet();
              return Optional.empty();
            });

    assertThat(cache.get("t1", "k")).isEmpty();
    assertThat(cache.get("t1", "k")).isEmpty();
    assertThat(loads).hasValue(1);
  }

  @Test
  void doesNotKeepWhatWasReadBeforeADrop() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch dropped = new CountDownLatch(1);
    Cached<String, Integer> cache =
        caches.cache(
            (tenant, key) -> {
              int value = loads.incrementAndGet();
              reading.countDown();
              if (value == 1) {
                await(dropped);
              }
              return Optional.of(value);
            });
    CompletableFuture<Optional<Integer>> stale =
        CompletableFuture.supplyAsync(() -> cache.get("t1", "k"));
    reading.await();

    caches.drop("t1");
    dropped.countDown();

    assertThat(stale.get()).contains(1);
    assertThat(cache.get("t1", "k")).contains(2);
  }

  @Test
  void failuresAreThrownAndNotKept() {
    Cached<String, Integer> cache =
        caches.cache(
            (tenant, key) -> {
              if (loads.incrementAndGet() == 1) {
                throw new IllegalStateException("database away");
              }
              return Optional.of(2);
            });

    assertThatThrownBy(() -> cache.get("t1", "k"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("database away");
    assertThat(cache.get("t1", "k")).contains(2);
  }

  private Cached<String, Integer> counting() {
    return caches.cache((tenant, key) -> Optional.of(loads.incrementAndGet()));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
