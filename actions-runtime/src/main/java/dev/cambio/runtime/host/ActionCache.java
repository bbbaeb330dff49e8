package dev.cambio.runtime.host;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.ActionTrial;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.bus.ActionBus;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.bus.Json;
import dev.cambio.model.cluster.SharedMaps;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code api.cache} (contract actions-runtime §9): shared by all nodes, one scope per tenant and
 * trigger. Never throws for what an Action asks; answers are the JSON that the Action sees: while
 * the member that keeps a scope does not answer, nothing is found, and nothing can be set. Keys and
 * values are never logged, and values are sealed in the map. Safe for use by many threads; its
 * methods block.
 */
public final class ActionCache {

  private static final Logger log = LoggerFactory.getLogger(ActionCache.class);
  private static final int SECRET_BYTES = 32;

  private final CacheBuckets buckets;
  private final BusSeal seal;
  private final CacheLimits limits;
  private final Clock clock;

  public ActionCache(SharedMaps maps, BusSeal seal, CacheLimits limits, Clock clock) {
    this(new CacheBuckets.Shared(maps.map(ActionBus.CACHE_MAP)), seal, limits, clock);
  }

  private ActionCache(CacheBuckets buckets, BusSeal seal, CacheLimits limits, Clock clock) {
    this.buckets = buckets;
    this.seal = seal;
    this.limits = limits;
    this.clock = clock;
  }

  /** One that is empty and that nobody else sees: for one run, on its thread. */
  public static ActionCache own(CacheLimits limits, Clock clock) {
    SecureRandom random = new SecureRandom();
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new ActionCache(new CacheBuckets.Own(), new BusSeal(secret, random), limits, clock);
  }

  /** One of a trial, with these limits; its time stands where the trial's does. */
  ActionCache of(ActionTrial trial) {
    Long at = trial.clock();
    return own(limits, at == null ? clock : Clock.fixed(Instant.ofEpochMilli(at), ZoneOffset.UTC));
  }

  /** JSON of the record, or null if there is none. */
  @Nullable String get(String tenant, Trigger trigger, String key) {
    String scope = scope(tenant, trigger);
    CacheBucket bucket = buckets.get(scope);
    CacheBucket.Item item = bucket == null ? null : bucket.find(key, clock.millis());
    String value = item == null ? null : open(scope, key, item);
    return item == null || value == null ? null : Json.write(shown(value, item.expiresAt()));
  }

  private static String purpose(String scope, String key) {
    return "api.cache\n" + scope + '\n' + key;
  }

  private @Nullable String open(String scope, String key, CacheBucket.Item item) {
    try {
      return new String(seal.open(purpose(scope, key), item.sealed()), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      log.warn("an entry of the Actions cache was set under another cluster secret");
      return null;
    }
  }

  /** JSON of the outcome. */
  String set(
      String tenant,
      Trigger trigger,
      String key,
      @Nullable String value,
      @Nullable String optionsJson) {
    if (value == null) {
      return error("FailedToSetCacheRecord");
    }
    if (CacheBucket.utf8Length(key) > limits.keyBytes()) {
      return error("CacheKeySizeExceeded");
    }
    if (CacheBucket.utf8Length(value) > limits.valueBytes()) {
      return error("CacheValueSizeExceeded");
    }
    long now = clock.millis();
    return switch (CacheExpiry.of(optionsJson, now, limits)) {
      case CacheExpiry.Refused refused -> error(refused.code());
      case CacheExpiry.At at -> {
        byte[] plain = value.getBytes(StandardCharsets.UTF_8);
        CacheBucket.Item item =
            new CacheBucket.Item(
                seal.seal(purpose(scope(tenant, trigger), key), plain),
                CacheBucket.utf8Length(key) + plain.length,
                at.millis());
        Boolean stored = process(tenant, trigger, CacheBucket.Put.within(limits, key, item, now));
        if (stored == null) {
          yield error("FailedToSetCacheRecord");
        }
        yield stored
            ? Json.write((ObjectNode) succeeded().set("record", shown(value, at.millis())))
            : error("CacheSizeExceeded");
      }
    };
  }

  /** JSON of the outcome. */
  String delete(String tenant, Trigger trigger, String key) {
    Boolean removed = process(tenant, trigger, new CacheBucket.Remove(key, clock.millis()));
    if (removed == null) {
      return error("FailedToDeleteCacheRecord");
    }
    return removed ? Json.write(succeeded()) : error("CacheKeyDoesNotExist");
  }

  static String error(String code) {
    return Json.write(node().put("type", "error").put("code", code));
  }

  private static ObjectNode succeeded() {
    return node().put("type", "success");
  }

  private static ObjectNode shown(String value, long expiresAt) {
    return node().put("value", value).put("expires_at", expiresAt);
  }

  private static ObjectNode node() {
    return JsonNodeFactory.instance.objectNode();
  }

  // Tenant ids hold no line ends.
  private static String scope(String tenant, Trigger trigger) {
    return tenant + '\n' + trigger.id();
  }

  private @Nullable Boolean process(String tenant, Trigger trigger, CacheBucket.Change change) {
    return buckets.apply(scope(tenant, trigger), change);
  }
}
