package dev.cambio.gateway.weather;

import java.util.Optional;

/**
 * One request and what came of it.
 *
 * @param agent the user agent it was sent with, unique, by which its log entry is found
 * @param startedAt when it was sent, by {@link System#nanoTime}
 * @param endedAt when its answer was there, or none would come
 * @param status 0 without an answer
 * @param error code and text of a refusal, or why there was no answer; empty for success
 * @param tokenId the {@code jti} of the access token that was issued
 * @param refreshToken what was issued beside it, if it was asked for
 * @param cache what the Action said of its cache, if it did
 */
record Attempt(
    String agent,
    long startedAt,
    long endedAt,
    int status,
    String error,
    Optional<String> tokenId,
    Optional<String> refreshToken,
    Optional<String> cache) {
  private static final int BUSY = 503;

  static Attempt unanswered(String agent, long startedAt, String why) {
    return new Attempt(
        agent,
        startedAt,
        System.nanoTime(),
        0,
        why,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  boolean succeeded() {
    return status == 200;
  }

  /** Whether a client may try again: no connection, or told so. */
  boolean mayBeRepeated() {
    return status == 0 || status == BUSY;
  }

  /** How it failed, for a table. */
  String failure() {
    return status == 0 ? error : status + " " + error;
  }
}
