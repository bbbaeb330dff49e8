package dev.cambio.gateway.error;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Trouble of one kind that may go on: told in one line when it begins, once a minute while it goes
 * on, and when it is over; never with a stack trace. Thread-safe.
 */
public final class Trouble {
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Logger log;
  private final String what;
  private final LongSupplier nanos;
  private boolean goesOn;
  private long toldAt;
  private long untold;

  /**
   * No trouble yet.
   *
   * @param what cannot be done, as the line begins
   */
  public Trouble(Logger log, String what) {
    this(log, what, System::nanoTime);
  }

  Trouble(Logger log, String what, LongSupplier nanos) {
    this.log = log;
    this.what = what;
    this.nanos = nanos;
  }

  /** It happened, perhaps again. */
  public synchronized void met(Throwable failure) {
    long now = nanos.getAsLong();
    if (goesOn && now - toldAt < AGAIN.toNanos()) {
      untold++;
      return;
    }
    String before = untold == 0 ? "" : " (and " + untold + " times before that)";
    log.warn("{}: {}{}", what, Faults.reason(failure), before);
    goesOn = true;
    toldAt = now;
    untold = 0;
  }

  /** What could not be done was done. */
  public synchronized void over() {
    if (goesOn) {
      log.info("{}: that is over", what);
      goesOn = false;
      untold = 0;
    }
  }
}
