package dev.cambio.runtime.process;

import dev.cambio.runtime.frame.Frame;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What has arrived for one run and waits for its thread. Safe for use by many threads. */
final class RunMailbox {
  private static final long MAX_BYTES = 32L * 1024 * 1024;
  private static final int OVERHEAD = 64;

  private final LinkedBlockingQueue<Mail> queue = new LinkedBlockingQueue<>();
  private final AtomicLong bytes = new AtomicLong();

  /** Something for the run. */
  sealed interface Mail {
    /** The guest process said something about the run. */
    record Said(Frame frame) implements Mail {}

    /** A request of the run has completed. */
    @SuppressWarnings("ArrayRecordComponent") // passed through, never compared
    record Fetched(int call, boolean ok, String head, byte @Nullable [] body) implements Mail {}

    /** The run does not end when it should; what is to be said of it. */
    record Overdue(RunReport report) implements Mail {}

    /** The guest process has gone. */
    record Gone() implements Mail {}
  }

  /**
   * Takes a frame in.
   *
   * @return false if more waits than an honest guest can cause
   */
  boolean offer(Frame frame) {
    queue.add(new Mail.Said(frame));
    return bytes.addAndGet(frame.size() + OVERHEAD) <= MAX_BYTES;
  }

  void add(Mail mail) {
    queue.add(mail);
  }

  Mail take() throws InterruptedException {
    return taken(queue.take());
  }

  /** The next mail, or null when none comes within that time. */
  @Nullable Mail poll(long nanos) throws InterruptedException {
    Mail mail = queue.poll(nanos, TimeUnit.NANOSECONDS);
    return mail == null ? null : taken(mail);
  }

  private Mail taken(Mail mail) {
    if (mail instanceof Mail.Said said) {
      bytes.addAndGet(-(said.frame().size() + OVERHEAD));
    }
    return mail;
  }
}
