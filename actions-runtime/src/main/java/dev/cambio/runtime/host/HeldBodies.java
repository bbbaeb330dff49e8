package dev.cambio.runtime.host;

import java.util.HashMap;
import java.util.Map;

/**
 * What bodies of requests and answers take of the node's memory, those of all runs together, since
 * many runs may wait for them at a time. One tenant may have three quarters. Safe for use by many
 * threads.
 */
final class HeldBodies {
  private final long most;

  // Guarded by this.
  private final Map<String, Long> byTenant = new HashMap<>();
  private long all;

  /**
   * Nothing is held.
   *
   * @param most bytes of all runs together
   */
  HeldBodies(long most) {
    this.most = most;
  }

  /** What a new request of a tenant holds: nothing yet. */
  Share open(String tenant) {
    return new Share(tenant);
  }

  /** Bytes that are held. */
  synchronized long held() {
    return all;
  }

  /** What one request holds. */
  final class Share {
    private final String tenant;
    private long bytes;
    private boolean closed;

    private Share(String tenant) {
      this.tenant = tenant;
    }

    /** Holds more; nothing if nobody waits for it any more. */
    void take(int more) throws FetchFailure {
      synchronized (HeldBodies.this) {
        if (closed) {
          return;
        }
        long ofTenant = byTenant.getOrDefault(tenant, 0L) + more;
        if (all + more > most || ofTenant > most / 4 * 3) {
          throw FetchFailure.limit(
              "the node has no memory left for bodies of requests, which all runs share");
        }
        byTenant.put(tenant, ofTenant);
        all += more;
        bytes += more;
      }
    }

    /** Gives everything back, for good. */
    void close() {
      synchronized (HeldBodies.this) {
        closed = true;
        all -= bytes;
        byTenant.computeIfPresent(tenant, (_, held) -> held == bytes ? null : held - bytes);
        bytes = 0;
      }
    }
  }
}
