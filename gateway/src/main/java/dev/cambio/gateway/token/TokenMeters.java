package dev.cambio.gateway.token;

import dev.cambio.gateway.error.OAuthException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Requests to the token endpoint, in numbers: by kind of grant and by outcome, which is {@code
 * granted} or the situation of the refusal. Both come from our code, so that there are few. Safe
 * for use by many threads.
 */
final class TokenMeters {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30)
  };

  private final MeterRegistry registry;

  TokenMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Counts a request that was answered with tokens. */
  void granted(String grantType, long sinceNanos) {
    answered(grantType, "granted", sinceNanos);
  }

  /** Counts a request that was refused. */
  void refused(String grantType, OAuthException refusal, long sinceNanos) {
    answered(grantType, snakeCase(refusal.getClass().getSimpleName()), sinceNanos);
  }

  private void answered(String grantType, String outcome, long sinceNanos) {
    String grant = grantType.substring(grantType.lastIndexOf(':') + 1);
    Counter.builder("cambio.exchanges")
        .description("Requests to the token endpoint, by grant and outcome")
        .tag("grant", grant)
        .tag("outcome", outcome)
        .register(registry)
        .increment();
    Timer.builder("cambio.exchange")
        .description("Time from a request to its answer")
        .tag("grant", grant)
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
  }

  private static String snakeCase(String name) {
    return name.replaceAll("(?<=.)([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
