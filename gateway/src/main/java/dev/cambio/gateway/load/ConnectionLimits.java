package dev.cambio.gateway.load;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * How many connections are open, in all and from one {@link Subscriber}. Safe for use by many
 * threads; it remembers an address only while a connection from it is open, so it holds no more
 * entries than there are connections.
 */
public final class ConnectionLimits {
  private final int limit;
  private final int limitPerAddress;
  private final Predicate<InetAddress> exempt;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentHashMap<Object, Integer> openByAddress = new ConcurrentHashMap<>();

  /**
   * Limits.
   *
   * @param exempt addresses that only the limit in all holds for; always the same answer for one
   *     address
   */
  public ConnectionLimits(int limit, int limitPerAddress, Predicate<InetAddress> exempt) {
    this.limit = limit;
    this.limitPerAddress = limitPerAddress;
    this.exempt = exempt;
  }

  /** Counts a connection in, if it fits; then {@link #leave} must follow. */
  boolean enter(InetAddress from) {
    if (open.incrementAndGet() <= limit && (exempt.test(from) || enterFrom(Subscriber.of(from)))) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  private boolean enterFrom(Object subscriber) {
    boolean[] entered = {false};
    openByAddress.compute(
        subscriber,
        (key, count) -> {
          int before = count == null ? 0 : count;
          entered[0] = before < limitPerAddress;
          return entered[0] ? Integer.valueOf(before + 1) : count;
        });
    return entered[0];
  }

  /** Counts a connection out. */
  void leave(InetAddress from) {
    open.decrementAndGet();
    if (!exempt.test(from)) {
      openByAddress.computeIfPresent(
          Subscriber.of(from), (key, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Connections that are open. */
  public int open() {
    return open.get();
  }
}
