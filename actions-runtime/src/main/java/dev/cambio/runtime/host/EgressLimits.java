package dev.cambio.runtime.host;

import dev.cambio.model.config.Settings;
import java.time.Duration;

/**
 * How much one run may fetch. Nothing of it can be switched off.
 *
 * @param requests of one run, each redirect counted
 * @param concurrent requests of one run at a time
 * @param redirects that one request follows
 * @param timeout of one request with its redirects; never longer than what is left of the run
 * @param requestBytes longest request body
 * @param responseBytes longest response body, after decompression
 * @param headerBytes all headers of one response together
 * @param totalBytes all bodies of one run together, sent and received
 */
public record EgressLimits(
    int requests,
    int concurrent,
    int redirects,
    Duration timeout,
    int requestBytes,
    int responseBytes,
    int headerBytes,
    int totalBytes) {
  private static final int MIB = 1024 * 1024;

  static final EgressLimits STANDARD =
      new EgressLimits(100, 16, 20, Duration.ofSeconds(20), 5 * MIB, 5 * MIB, 64 * 1024, 20 * MIB);

  /** Reads the keys {@code actions.egress-*} that are limits. */
  static EgressLimits read(Settings settings) {
    EgressLimits usual = STANDARD;
    return new EgressLimits(
        settings.integer("actions.egress-requests", usual.requests, 0, 10_000),
        // The guest itself opens no more than 64.
        settings.integer("actions.egress-concurrent", usual.concurrent, 1, 64),
        settings.integer("actions.egress-redirects", usual.redirects, 0, 20),
        settings.millis(
            "actions.egress-timeout-ms",
            usual.timeout,
            Duration.ofMillis(100),
            Duration.ofMinutes(5)),
        settings.integer("actions.egress-request-bytes", usual.requestBytes, 0, 5 * MIB),
        settings.integer("actions.egress-response-bytes", usual.responseBytes, 1024, 16 * MIB),
        settings.integer("actions.egress-header-bytes", usual.headerBytes, 1024, MIB),
        settings.integer("actions.egress-total-bytes", usual.totalBytes, 1024, 1024 * MIB));
  }
}
