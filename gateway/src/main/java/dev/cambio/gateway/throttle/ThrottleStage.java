package dev.cambio.gateway.throttle;

/**
 * The size of a stage's buckets.
 *
 * @param maxAttempts that a full bucket holds
 * @param rateMillis milliseconds until an attempt is granted anew
 */
record ThrottleStage(int maxAttempts, long rateMillis) {}
