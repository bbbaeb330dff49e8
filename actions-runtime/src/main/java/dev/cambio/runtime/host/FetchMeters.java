package dev.cambio.runtime.host;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;

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

  void sent(FetchRequest request) {
    byte[] body = request.body();
    sentBytes.increment(body == null ? 0 : body.length);
  }

  Consumer<FetchOutcome> counting(Consumer<FetchOutcome> told) {
    return outcome -> {
      switch (outcome) {
        case FetchOutcome.Answered given -> {
          answered.increment();
          receivedBytes.increment(given.body().length);
        }
        case FetchOutcome.Failed _ -> failed.increment();
      }
      told.accept(outcome);
    };
  }
}
