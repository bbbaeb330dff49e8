package dev.cambio.runtime.process;

import java.util.Locale;

/** Why a guest process ended. */
enum GuestEnd {
  /** A run did not stop when it should. */
  HUNG,
  /** Its heap was full. */
  OUT_OF_MEMORY,
  /** It broke the form of frames, or flooded the node. */
  MISBEHAVED,
  /** It was replaced although nothing was wrong with a run. */
  REPLACED,
  /** It ended, or did not become ready, while starting. */
  FAILED_TO_START,
  /** A signal from elsewhere. */
  KILLED,
  /** Anything else. */
  CRASHED,
  /** The node stops. */
  STOPPED;

  /** What {@code -XX:+ExitOnOutOfMemoryError} ends the process with. */
  private static final int OUT_OF_MEMORY_EXIT = 3;

  /** Exit codes of processes that a signal has ended lie above, with the number of the signal. */
  private static final int SIGNAL = 128;

  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;

  /** The reason that the exit code of an unexpected end tells of. */
  static GuestEnd of(int exitCode) {
    return switch (exitCode) {
      case OUT_OF_MEMORY_EXIT -> OUT_OF_MEMORY;
      case SIGNAL + SIGKILL, SIGNAL + SIGTERM -> KILLED;
      default -> CRASHED;
    };
  }

  /** Whether what a run did may have ended the process, with nothing to say which run. */
  boolean mayBeOfARun() {
    return this == OUT_OF_MEMORY || this == MISBEHAVED || this == CRASHED;
  }

  /** The name that metrics have for it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
