package dev.cambio.runtime.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Judges a process that is yet to become ready by the processor time that it was given, since on a
 * busy machine the clock says nothing: one that still gets on is waited for. For use by one thread
 * at a time.
 */
final class StartProgress {
  /** How often it is to be judged, in seconds. */
  static final long SECONDS = 60;

  /** A start takes a few seconds of it, and some twenty without the compiler. */
  private static final Duration MOST = Duration.ofMinutes(2);

  /** Whoever gets less in that time does not want it. */
  private static final Duration LEAST = Duration.ofMillis(100);

  private Duration before = Duration.ZERO;

  /**
   * Judges it at this moment.
   *
   * @param given processor time since it was started; empty where the system does not say
   * @return why it is to be given up, to be put behind "it"; null if it gets on
   */
  @Nullable String fault(Optional<Duration> given) {
    if (given.isEmpty()) {
      return "is not ready after %d s".formatted(SECONDS);
    }
    Duration now = given.get();
    if (now.compareTo(MOST) >= 0) {
      return "is not ready after %d s of processor time".formatted(now.toSeconds());
    }
    if (now.minus(before).compareTo(LEAST) < 0) {
      return "is not ready and has done nothing for %d s".formatted(SECONDS);
    }
    before = now;
    return null;
  }

  /**
   * Waits until a process is ready.
   *
   * @throws IOException saying why it does not become ready; it may be alive still
   */
  static void await(GuestProcess process) throws IOException, InterruptedException {
    StartProgress progress = new StartProgress();
    while (true) {
      try {
        var _ = process.ready().get(SECONDS, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException _) {
        String fault = progress.fault(process.processorTime());
        if (fault != null) {
          throw new IOException("it " + fault);
        }
      } catch (ExecutionException _) {
        throw new IOException("it ended while starting: " + process.gone().join().label());
      }
    }
  }
}
