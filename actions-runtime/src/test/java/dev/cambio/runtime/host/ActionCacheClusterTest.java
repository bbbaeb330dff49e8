package dev.cambio.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.bus.Json;
import dev.cambio.model.cluster.SharedMaps;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One cache on two nodes. */
class ActionCacheClusterTest {
  private static final Trigger TRIGGER = Trigger.CUSTOM_TOKEN_EXCHANGE;
  private static final String OK = "success";

  private static HazelcastInstance first;
  private static HazelcastInstance second;

  // Near the real time, because Hazelcast drops expired buckets by its own clock.
  private final AtomicLong now = new AtomicLong(System.currentTimeMillis());
  private final Clock clock =
      ((InstantSource) () -> Instant.ofEpochMilli(now.get())).withZone(ZoneOffset.UTC);
  private ActionCache here;
  private ActionCache there;

  @BeforeAll
  static void join() {
    first = Hazelcast.newHazelcastInstance(config("127.0.0.1"));
    int port = first.getCluster().getLocalMember().getAddress().getPort();
    second = Hazelcast.newHazelcastInstance(config("127.0.0.1:" + port));
    assertThat(second.getCluster().getMembers()).hasSize(2);
  }

  @AfterAll
  static void leave() {
    second.shutdown();
    first.shutdown();
  }

  private static Config config(String member) {
    Config config = new Config();
    config.setClusterName("action-cache-test-" + ProcessHandle.current().pid());
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).addMember(member);
    CacheForms.ALL.forEach(form -> form.addTo(config.getSerializationConfig()));
    return config;
  }

  @BeforeEach
  void empty() {
    here = cacheOf(first, CacheLimits.STANDARD);
    there = cacheOf(second, CacheLimits.STANDARD);
    first.getMap(ActionBus.CACHE_MAP).clear();
  }

  private ActionCache cacheOf(HazelcastInstance member, CacheLimits limits) {
    return new ActionCache(maps(member), seal("a cluster secret"), limits, clock);
  }

  private static SharedMaps maps(HazelcastInstance member) {
    return new SharedMaps(member, Duration.ofSeconds(5));
  }

  private static BusSeal seal(String secret) {
    return new BusSeal(secret.getBytes(StandardCharsets.UTF_8), new SecureRandom());
  }

  @Test
  void valuesAreSealedInTheMap() throws Exception {
    set("k", "a value to keep secret", null);

    CacheBucket bucket = (CacheBucket) first.getMap(ActionBus.CACHE_MAP).values().iterator().next();
    CacheBucket.Item item = Objects.requireNonNull(bucket.find("k", now.get()));
    assertThat(new String(item.sealed(), StandardCharsets.ISO_8859_1))
        .doesNotContain("keep secret");
    ActionCache stranger =
        new ActionCache(maps(second), seal("another cluster secret"), CacheLimits.STANDARD, clock);
    assertThat(stranger.get("acme", TRIGGER, "k")).isNull();
  }

  @Test
  void limitsCanBeRaised() {
    CacheLimits raised =
        new CacheLimits(21, 70, 5000, 10_000, Duration.ofMinutes(15), Duration.ofHours(24));
    ActionCache cache = cacheOf(first, raised);

    assertThat(cache.set("acme", TRIGGER, "k".repeat(70), "v".repeat(5000), null))
        .contains("success");
    assertThat(cache.set("acme", TRIGGER, "k".repeat(71), "v", null))
        .contains("CacheKeySizeExceeded");
    for (int i = 0; i < 20; i++) {
      assertThat(cache.set("acme", TRIGGER, "k" + i, "v", null)).contains("success");
    }
    assertThat(cache.set("acme", TRIGGER, "one-more", "v", null)).contains("CacheSizeExceeded");
  }

  @Test
  void concurrentWritesFromBothNodesLoseNothing() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> writes = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        ActionCache node = i % 2 == 0 ? here : there;
        String key = "k" + i;
        writes.add(threads.submit(() -> node.set("acme", TRIGGER, key, key, null)));
      }
      int stored = 0;
      for (int i = 0; i < 40; i++) {
        boolean success = writes.get(i).get().contains("success");
        assertThat(there.get("acme", TRIGGER, "k" + i) != null).isEqualTo(success);
        stored += success ? 1 : 0;
      }
      assertThat(stored).isEqualTo(CacheLimits.STANDARD.entries());
    }
  }

  private String set(String key, String value, @Nullable String options) throws Exception {
    String json = here.set("acme", TRIGGER, key, value, options);
    return Json.parse(json).path("code").asText(OK);
  }

  @Test
  void anEntrySetOnOneNodeIsReadOnTheOther() {
    long expiresAt = now.get() + 15 * 60 * 1000;
    String record = "{\"value\":\"v\",\"expires_at\":" + expiresAt + "}";

    assertThat(here.set("acme", TRIGGER, "k", "v", null))
        .isEqualTo("{\"type\":\"success\",\"record\":" + record + "}");
    assertThat(there.get("acme", TRIGGER, "k")).isEqualTo(record);
    assertThat(there.get("acme", Trigger.POST_LOGIN, "k")).isNull();
    assertThat(there.get("other", TRIGGER, "k")).isNull();
    assertThat(there.delete("acme", TRIGGER, "k")).isEqualTo("{\"type\":\"success\"}");
    assertThat(here.get("acme", TRIGGER, "k")).isNull();
    assertThat(here.delete("acme", TRIGGER, "k"))
        .isEqualTo("{\"type\":\"error\",\"code\":\"CacheKeyDoesNotExist\"}");
  }

  @Test
  @DisplayName("contract actions-runtime §9: an entry is set and deleted wherever its scope lives")
  void everyTenantWhereverItLives() {
    boolean far = false;
    for (int i = 0; i < 20; i++) {
      String tenant = "tenant-" + i;
      far |=
          second
              .getCluster()
              .getLocalMember()
              .equals(
                  first
                      .getPartitionService()
                      .getPartition(tenant + '\n' + TRIGGER.id())
                      .getOwner());
      assertThat(here.set(tenant, TRIGGER, "k", "v", null)).contains(OK);
      assertThat(here.get(tenant, TRIGGER, "k")).contains("\"v\"");
      assertThat(here.delete(tenant, TRIGGER, "k")).contains(OK);
    }
    assertThat(far).as("one that lives on the other node").isTrue();
  }

  @Test
  void anExpiredEntryIsGone() throws Exception {
    set("k", "v", "{\"ttl\":60000}");
    now.addAndGet(59_999);
    assertThat(there.get("acme", TRIGGER, "k")).isNotNull();
    now.addAndGet(1);
    assertThat(there.get("acme", TRIGGER, "k")).isNull();
    assertThat(here.delete("acme", TRIGGER, "k")).contains("CacheKeyDoesNotExist");
  }

  @Test
  void theEarlierExpiryCountsAndADayIsTheMost() throws Exception {
    long day = 24L * 60 * 60 * 1000;
    set("both", "v", "{\"ttl\":60000,\"expires_at\":%d}".formatted(now.get() + 30_000));
    set("long", "v", "{\"ttl\":%d}".formatted(3 * day));

    assertThat(there.get("acme", TRIGGER, "both")).contains("" + (now.get() + 30_000));
    assertThat(there.get("acme", TRIGGER, "long")).contains("" + (now.get() + day));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"ttl\":-1}        | InvalidExpiry",
        "{\"ttl\":null}      | InvalidExpiry",
        "{\"ttl\":\"1\"}     | InvalidExpiry",
        "{\"expires_at\":-5} | InvalidExpiry",
        "{\"expires_at\":1}  | ItemAlreadyExpired",
        "nonsense            | InvalidExpiry",
        "{}                  | success",
      })
  void answersForOddExpiries(String options, String code) throws Exception {
    assertThat(set("k", "v", options)).isEqualTo(code);
  }

  @Test
  void keepsTheLimitsOverAllEntries() throws Exception {
    assertThat(set("k".repeat(65), "v", null)).isEqualTo("CacheKeySizeExceeded");
    assertThat(set("ü".repeat(33), "v", null)).isEqualTo("CacheKeySizeExceeded");
    assertThat(set("k", "v".repeat(4097), null)).isEqualTo("CacheValueSizeExceeded");
    assertThat(here.set("acme", TRIGGER, "k", null, null)).contains("FailedToSetCacheRecord");

    assertThat(set("a", "v".repeat(4095), null)).isEqualTo(OK);
    assertThat(set("b", "v".repeat(4095), null)).isEqualTo(OK);
    assertThat(set("c", "", null)).isEqualTo("CacheSizeExceeded");
    assertThat(set("a", "", null)).isEqualTo(OK);
    for (int i = 2; i < 20; i++) {
      assertThat(set("k" + i, "v", null)).isEqualTo(OK);
    }
    assertThat(set("k20", "v", null)).isEqualTo("CacheSizeExceeded");
    assertThat(set("k19", "again", null)).isEqualTo(OK);
    now.addAndGet(16 * 60 * 1000);
    assertThat(set("k20", "v", null)).isEqualTo(OK);
  }
}
