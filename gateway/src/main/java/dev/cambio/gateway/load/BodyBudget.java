package dev.cambio.gateway.load;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The bytes of all requests that are being read or answered. Each counts from its head until its
 * answer, whether its sender still waits or not, since its body is held as long. So that nobody
 * takes it all: long bodies together have half of it, and one {@link Subscriber} has a quarter.
 * Safe for use by many threads; it remembers an address only while a request from it is under way.
 */
public final class BodyBudget {
  /** What a request counts beside its body: its head and the thread that answers it. */
  static final int HEAD = 8 * 1024;

  /** A request beyond this is a long one; ordinary ones are far from it. */
  static final int ORDINARY = HEAD + 16 * 1024;

  private final long bytes;
  private final Predicate<String> exempt;
  private final AtomicLong taken = new AtomicLong();
  private final ConcurrentHashMap<Object, Long> takenBySubscriber = new ConcurrentHashMap<>();

  /**
   * A budget.
   *
   * @param bytes at least the longest body four times over
   * @param exempt addresses that many stand behind; they may take all of it
   */
  public BodyBudget(long bytes, Predicate<String> exempt) {
    this.bytes = bytes;
    this.exempt = exempt;
  }

  /** The share of one request; empty if there is no room for one more. */
  public Optional<Share> open(String address) {
    Share share = new Share(address);
    return share.take(HEAD) ? Optional.of(share) : Optional.empty();
  }

  /** Bytes that are taken. */
  public long taken() {
    return taken.get();
  }

  /** What one request has of the budget; for one thread after the other. */
  public final class Share implements AutoCloseable {
    private final boolean free;
    private final Object subscriber;
    private long held;
    private boolean closed;

    private Share(String address) {
      free = exempt.test(address);
      subscriber = Subscriber.of(address);
    }

    /** Takes more; false if that is not to be had, and then nothing was taken. */
    public boolean take(int more) {
      long limit = held + more > ORDINARY ? bytes / 2 : bytes;
      if (closed || !takeOfAll(more, limit)) {
        return false;
      }
      if (!free && !takeOfSubscriber(more)) {
        taken.addAndGet(-more);
        return false;
      }
      held += more;
      return true;
    }

    private boolean takeOfSubscriber(int more) {
      boolean[] fits = {false};
      takenBySubscriber.compute(
          subscriber,
          (key, before) -> {
            long after = (before == null ? 0 : before) + more;
            fits[0] = after <= bytes / 4;
            return fits[0] ? Long.valueOf(after) : before;
          });
      return fits[0];
    }

    /** Gives all of it back; further calls do nothing. */
    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      taken.addAndGet(-held);
      if (!free) {
        takenBySubscriber.computeIfPresent(
            subscriber, (key, before) -> before == held ? null : before - held);
      }
    }
  }

  private boolean takeOfAll(int more, long limit) {
    if (taken.addAndGet(more) <= limit) {
      return true;
    }
    taken.addAndGet(-more);
    return false;
  }
}
