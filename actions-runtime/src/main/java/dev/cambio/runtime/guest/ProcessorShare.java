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
  private static final int LEAST = 10;
  private static final int USUAL = 0;

  /** The kernel takes a change only every 100 ms, whichever process it is about. */
  private static final int ATTEMPTS = 50;

  private static final long PAUSE_MS = 100;

  private final boolean lowered;

  private ProcessorShare(boolean lowered) {
    this.lowered = lowered;
  }

  /**
   * The share of this process.
   *
   * @param behindOthers whether to take less until it is restored; only in a session of its own, or
   *     others will have less too
   */
  static ProcessorShare take(boolean behindOthers) {
    return new ProcessorShare(behindOthers && set(LEAST));
  }

  /** Takes the usual share again. */
  void restore() throws IOException {
    if (!lowered) {
      return;
    }
    for (int i = 0; i < ATTEMPTS; i++) {
      if (set(USUAL)) {
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
    }
    throw new IOException("the process cannot get back its share of the processors");
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
