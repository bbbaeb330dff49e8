package dev.cambio.runtime.host;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What one run has left of its limits on egress. Safe for use by many threads. */
final class EgressBudget {
  private final String tenant;
  private final EgressLimits limits;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  EgressBudget(String tenant, EgressLimits limits) {
    this.tenant = tenant;
    this.limits = limits;
  }

  /** Whose run it is. */
  String tenant() {
    return tenant;
  }

  EgressLimits limits() {
    return limits;
  }

  /** Counts one request, a redirect too. */
  void takeRequest() throws FetchFailure {
    if (requests.incrementAndGet() > limits.requests()) {
      throw FetchFailure.limit("more than " + limits.requests() + " requests in one run");
    }
  }

  /** Counts bytes of a body on its way, in either direction. */
  void takeBytes(int length) throws FetchFailure {
    if (bytes.addAndGet(length) > limits.totalBytes()) {
      throw FetchFailure.limit(
          "the bodies of one run are larger than " + limits.totalBytes() + " bytes together");
    }
  }
}
