package dev.cambio.gateway.weather;

import java.time.Duration;
import java.util.List;

/**
 * What a client wanted once: one attempt, or two if the first ended in 503 or without an answer.
 *
 * @param attempts in their order
 */
record Exchange(List<Attempt> attempts) {
  Exchange {
    attempts = List.copyOf(attempts);
  }

  long startedAt() {
    return attempts.getFirst().startedAt();
  }

  long endedAt() {
    return attempts.getLast().endedAt();
  }

  Duration took() {
    return Duration.ofNanos(endedAt() - startedAt());
  }

  boolean succeeded() {
    return attempts.getLast().succeeded();
  }

  String failure() {
    return attempts.getLast().failure();
  }
}
