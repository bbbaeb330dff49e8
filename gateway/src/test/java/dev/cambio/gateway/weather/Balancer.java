package dev.cambio.gateway.weather;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Gives each request to the next gateway that says it is ready, and asks them all the time. */
final class Balancer implements AutoCloseable {
  private static final long PROBE_NANOS = 250_000_000;

  private final List<Backend> backends;
  private final AtomicInteger turn = new AtomicInteger();
  private volatile boolean closed;

  Balancer(List<NodeProcess> gateways) {
    this.backends = gateways.stream().map(Backend::new).toList();
    backends.forEach(backend -> Thread.ofVirtual().start(() -> watch(backend)));
  }

  private void watch(Backend backend) {
    while (!closed) {
      backend.probe();
      LockSupport.parkNanos(PROBE_NANOS);
    }
  }

  /** All of them, whatever they say. */
  List<Backend> backends() {
    return backends;
  }

  /** Whose turn it is, if any is ready. */
  Optional<Backend> next() {
    int first = turn.getAndIncrement();
    for (int i = 0; i < backends.size(); i++) {
      Backend backend = backends.get(Math.floorMod(first + i, backends.size()));
      if (backend.isUp()) {
        return Optional.of(backend);
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
  }
}
