package dev.cambio.runtime.host;

import java.time.Duration;

/**
 * Limits of {@code api.cache} for one trigger of one tenant (contract actions-runtime §3, §9).
 *
 * @param entries number of entries
 * @param keyBytes size of a key in UTF-8
 * @param valueBytes size of a value in UTF-8
 * @param totalBytes size of all keys and values together
 * @param defaultLife life of an entry for which none is asked
 * @param maxLife longest life
 */
public record CacheLimits(
    int entries,
    int keyBytes,
    int valueBytes,
    int totalBytes,
    Duration defaultLife,
    Duration maxLife) {

  public static final CacheLimits STANDARD =
      new CacheLimits(20, 64, 4096, 8192, Duration.ofMinutes(15), Duration.ofHours(24));
}
