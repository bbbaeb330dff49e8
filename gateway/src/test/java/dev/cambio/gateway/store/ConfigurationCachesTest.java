package dev.cambio.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ConfigurationCachesTest {
  private static final int LONGEST = 600;

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

  @Test
  void whatCannotBeIsNeitherLookedUpNorKept() {
    Cached<String, Integer> cache = counting();
    String longest = "\ud83d\ude00".repeat(LONGEST);

    assertThat(cache.get("t1", longest)).contains(1);
    for (int i = 0; i < 2000; i++) {
      assertThat(cache.get("t1", i + "x".repeat(240_000))).isEmpty();
    }
    for (String impossible : List.of(longest + "x", "a\0", "a\ud800", "\udc00a")) {
      assertThat(cache.get("t1", impossible)).isEmpty();
    }

    assertThat(loads).hasValue(1);
    assertThat(caches.bytes(true)).isZero();
  }

  @Test
  void missesHaveLittleRoomAndPushNothingOut() {
    ConfigurationCaches small = new ConfigurationCaches(100_000, 10_000);
    Cached<String, Integer> cache =
        small.cache(
            LONGEST,
            (tenant, key) -> {
              loads.incrementAndGet();
              return key.equals("there") ? Optional.of(1) : Optional.empty();
            });
    cache.get("t1", "there");

    for (int i = 0; i < 2000; i++) {
      assertThat(cache.get("t1", "missing" + i)).isEmpty();
    }

    assertThat(small.bytes(true)).isBetween(5000L, 10_000L);
    assertThat(small.bytes(false)).isLessThan(1000);
    int before = loads.get();
    assertThat(cache.get("t1", "there")).contains(1);
    assertThat(loads).hasValue(before);
  }

  @Test
  void whatIsThereIsCountedInBytes() {
    ConfigurationCaches small = new ConfigurationCaches(100_000, 10_000);
    Cached<String, Stored> cache =
        small.cache(
            LONGEST, (tenant, key) -> Optional.of(new Stored(key, payload("x".repeat(20_000)))));

    for (int i = 0; i < 50; i++) {
      assertThat(cache.get("t" + i, "key")).isPresent();
    }

    assertThat(small.bytes(false)).isBetween(60_000L, 100_000L);
  }

  @Test
  void whatWasNotThereIsFoundAfterADrop() {
    AtomicReference<Optional<Integer>> stored = new AtomicReference<>(Optional.empty());
    Cached<String, Integer> cache = caches.cache(LONGEST, (tenant, key) -> stored.get());
    assertThat(cache.get("t1", "k")).isEmpty();

    stored.set(Optional.of(1));
    assertThat(cache.get("t1", "k")).isEmpty();
    caches.drop("t1");

    assertThat(cache.get("t1", "k")).contains(1);
  }

  private record Stored(String name, ObjectNode payload) {}

  private static ObjectNode payload(String text) {
    return JsonNodeFactory.instance.objectNode().put("text", text);
  }

  private Cached<String, Integer> counting() {
    return caches.cache(LONGEST, (tenant, key) -> Optional.of(loads.incrementAndGet()));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
