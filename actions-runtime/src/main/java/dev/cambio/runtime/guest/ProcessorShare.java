package dev.cambio.runtime.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How much of the processors this process gets when others want them too. One that starts to be the
 * spare wants seconds of them, and nobody waits for it. Linux gives each session a share of its own
 * (autogroup) unless a control group has been set up for that, and then there is no way back from a
 * smaller one for a process without privileges; so this changes nothing there.
 */
final class ProcessorShare {
  private static final Path AUTOGROUP = Path.of("/proc/self/autogroup");
  private static final int LEAST = 5;
  private static final int USUAL = 0;

  /** The kernel takes a change only every 100 ms, whichever process it is about. */
  private static final int ATTEMPTS = 50;

  private static final long PAUSE_MS = 100;

  /** A machine that is never idle would keep the process from ever being ready. */
  private static final long LONGEST_MS = 10_000;

  private boolean lowered;

  private ProcessorShare(boolean lowered) {
    this.lowered = lowered;
  }

  /**
   * The share of this process.
   *
   * @param behindOthers whether to take less until it is restored, or for ten seconds; only in a
   *     session of its own, or others will have less too
   */
  static ProcessorShare take(boolean behindOthers) {
    ProcessorShare share = new ProcessorShare(behindOthers && set(LEAST));
    if (share.lowered) {
      Thread.ofPlatform().daemon().name("processor-share").start(share::restoreInTime);
    }
    return share;
  }

  /** Takes the usual share again. */
  synchronized void restore() throws IOException {
    for (int i = 0; lowered && i < ATTEMPTS; i++) {
      lowered = !set(USUAL);
      if (lowered) {
        sleep(PAUSE_MS);
      }
    }
    if (lowered) {
      throw new IOException("the process cannot get back its share of the processors");
    }
  }

  private void restoreInTime() {
    sleep(LONGEST_MS);
    try {
      restore();
    } catch (IOException e) {
      // It is tried again when the process is ready.
    }
  }

  private static void sleep(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static boolean set(int nice) {
    try {
      Files.writeString(AUTOGROUP, Integer.toString(nice));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
