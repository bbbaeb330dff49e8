package dev.cambio.gateway.weather;

import java.time.Duration;

/**
 * What clients that try twice may see of a weather, from the moment that it is measured from: the
 * blow, or what ends it where nothing can be done before. Times hold on a machine of its own.
 *
 * @param noErrorAfter from then on nobody sees an error
 * @param goodAfter from then on everybody gets an answer in good time
 * @param stall the longest time in which nobody gets a token
 */
record Promise(Duration noErrorAfter, Duration goodAfter, Duration stall) {
  private static final Duration LONG = Duration.ofMinutes(10);

  /** A node is lost, or the cluster is cut in two. */
  static final Promise NODE_LOST =
      new Promise(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(5));

  /** The database has gone and comes back, from the moment that it accepts connections. */
  static final Promise DATABASE_BACK =
      new Promise(Duration.ofSeconds(3), Duration.ofSeconds(3), LONG);

  /** All guests of a node are killed. */
  static final Promise GUESTS_LOST =
      new Promise(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(1));

  /** Nobody notices anything. */
  static final Promise NOTHING_SEEN =
      new Promise(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(2));

  /** All nodes are gone for a while, from the moment that they are back. */
  static final Promise ALL_BACK = new Promise(Duration.ofSeconds(3), Duration.ofSeconds(5), LONG);

  /** Only what is right and wrong, and when all is well again. */
  static final Promise CORRECT = new Promise(LONG, LONG, LONG);
}
