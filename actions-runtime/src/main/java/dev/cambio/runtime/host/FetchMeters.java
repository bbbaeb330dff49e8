package dev.cambio.runtime.host;

import dev.cambio.runtime.process.GuestServices;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What Actions fetch, in numbers. Safe for use by many threads. */
final class FetchMeters {
  private final Counter answered;
  private final Counter failed;
  private final Counter sentBytes;
  private final Counter receivedBytes;

  FetchMeters(MeterRegistry registry) {
    this.answered = fetches(registry, "answered");
    this.failed = fetches(registry, "failed");
    this.sentBytes = bytes(registry, "sent");
    this.receivedBytes = bytes(registry, "received");
  }

  private static Counter fetches(MeterRegistry registry, String outcome) {
    return Counter.builder("cambio.fetches")
        .description("Requests of Actions that have ended")
        .tag("outcome", outcome)
        .register(registry);
  }

  private static Counter bytes(MeterRegistry registry, String direction) {
    return Counter.builder("cambio.fetch.bytes")
        .description("Bodies of the requests of Actions and of their answers")
        .baseUnit("bytes")
        .tag("direction", direction)
        .register(registry);
  }

  void sent(int bytes) {
    sentBytes.increment(bytes);
  }

  GuestServices.Completion counting(GuestServices.Completion completion) {
    return (ok, head, body) -> {
      (ok ? answered : failed).increment();
      receivedBytes.increment(body == null ? 0 : body.length);
      completion.complete(ok, head, body);
    };
  }
}
