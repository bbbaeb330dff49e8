package dev.cambio.runtime.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.model.bus.Json;
import org.jspecify.annotations.Nullable;

/** When a cache entry expires, from what the Action asked for. */
sealed interface CacheExpiry {

  /**
   * A moment.
   *
   * @param millis since the epoch
   */
  record At(long millis) implements CacheExpiry {}

  /** What was asked for makes no sense. */
  record Refused(String code) implements CacheExpiry {}

  /**
   * Reads {@code ttl} (milliseconds) and {@code expires_at}; the earlier one counts.
   *
   * @param optionsJson the third argument of {@code api.cache.set}
   */
  static CacheExpiry of(@Nullable String optionsJson, long now, CacheLimits limits) {
    JsonNode options;
    try {
      options = Json.parse(optionsJson == null ? "{}" : optionsJson);
    } catch (JsonProcessingException e) {
      return new Refused("InvalidExpiry");
    }
    JsonNode ttl = options.path("ttl");
    JsonNode expiresAt = options.path("expires_at");
    if (isBad(ttl) || isBad(expiresAt)) {
      return new Refused("InvalidExpiry");
    }
    boolean nothingAsked = ttl.isMissingNode() && expiresAt.isMissingNode();
    long latest = now + (nothingAsked ? limits.defaultLife() : limits.maxLife()).toMillis();
    if (expiresAt.isNumber()) {
      if (expiresAt.doubleValue() <= now) {
        return new Refused("ItemAlreadyExpired");
      }
      latest = (long) Math.min((double) latest, expiresAt.doubleValue());
    }
    if (ttl.isNumber()) {
      latest = (long) Math.min((double) latest, now + ttl.doubleValue());
    }
    return new At(latest);
  }

  // JSON has no Infinity or NaN: they arrive as null.
  private static boolean isBad(JsonNode number) {
    return !number.isMissingNode() && !(number.isNumber() && number.doubleValue() >= 0);
  }
}
