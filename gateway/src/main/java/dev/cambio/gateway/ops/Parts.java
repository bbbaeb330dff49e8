package dev.cambio.gateway.ops;

import dev.cambio.gateway.config.StartupException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a node in the order they were started; closing stops them in reverse, also when the
 * start is cut short. Thread-safe: a signal may close while the start is still adding.
 */
public final class Parts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

  /** Longer than any single step of the start can take. */
  private static final long START_WAIT_SECONDS = 40;

  private final Deque<Part> started = new ArrayDeque<>();
  private final CountDownLatch startEnded = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean closing;

  private record Part(String name, AutoCloseable handle) {}

  /**
   * Takes over a part that has just started.
   *
   * @throws StartupException if the node is stopping already; the part is stopped first
   */
  public <T extends AutoCloseable> T add(String name, T part) {
    synchronized (started) {
      if (!closing) {
        LOG.debug("{} started", name);
        started.push(new Part(name, part));
        return part;
      }
    }
    stop(new Part(name, part));
    throw new StartupException("stopped while starting");
  }

  /** Whether they are being stopped. */
  public boolean isClosing() {
    synchronized (started) {
      return closing;
    }
  }

  /** Says that no more parts will come, whether the start went well or not. */
  public void startEnded() {
    startEnded.countDown();
  }

  /** Waits until everything has stopped. */
  public void awaitClosed() throws InterruptedException {
    closed.await();
  }

  /** Stops all parts; a second call waits for the first. */
  @Override
  public void close() {
    boolean first;
    synchronized (started) {
      first = !closing;
      closing = true;
    }
    try {
      if (first) {
        stopAll();
      } else {
        closed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopAll() throws InterruptedException {
    try {
      if (!startEnded.await(START_WAIT_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("stopping although a part is still starting");
      }
      synchronized (started) {
        started.forEach(Parts::stop);
        started.clear();
      }
    } finally {
      closed.countDown();
    }
  }

  private static void stop(Part part) {
    try {
      part.handle().close();
      LOG.debug("{} stopped", part.name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.warn("{} did not stop cleanly", part.name(), e);
    }
  }
}
