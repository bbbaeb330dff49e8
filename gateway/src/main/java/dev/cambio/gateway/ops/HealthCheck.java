package dev.cambio.gateway.ops;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * A named question about one part of the node.
 *
 * @param ask asked for every probe, on an event loop; a failed future counts as down
 */
public record HealthCheck(String name, Supplier<Future<Health>> ask) {

  /** A check whose answer is at hand. */
  public static HealthCheck of(String name, Supplier<Health> ask) {
    return new HealthCheck(name, () -> Future.succeededFuture(ask.get()));
  }
}
