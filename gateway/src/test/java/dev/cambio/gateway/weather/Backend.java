package dev.cambio.gateway.weather;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A gateway as the balancer sees it. */
final class Backend {
  private static final int SILENT_AFTER = 2;

  private final NodeProcess node;
  private final Map<Object, CompletableFuture<?>> waiting = new ConcurrentHashMap<>();
  private volatile boolean up = true;
  private int unanswered;

  Backend(NodeProcess node) {
    this.node = node;
  }

  String url() {
    return node.url();
  }

  NodeProcess node() {
    return node;
  }

  /** Whether it gets new requests. */
  boolean isUp() {
    return up;
  }

  /** Waits for an answer of it, unless it falls silent meanwhile. */
  <T, R> R await(CompletableFuture<T> answer, Function<CompletableFuture<T>, R> wait) {
    Object request = new Object();
    waiting.put(request, answer);
    try {
      return wait.apply(answer);
    } finally {
      waiting.remove(request);
    }
  }

  /**
   * Asks for its readiness. DOWN means no new requests; those under way may end. Silence twice ends
   * them, as a balancer does that shuts the sessions of a server which is gone.
   */
  void probe() {
    var answer = node.probe();
    up = answer.filter(ready -> ready.statusCode() == 200).isPresent();
    unanswered = answer.isPresent() ? 0 : unanswered + 1;
    if (unanswered >= SILENT_AFTER) {
      waiting.values().forEach(future -> future.cancel(true));
    }
  }
}
