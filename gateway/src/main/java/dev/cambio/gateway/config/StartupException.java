package dev.cambio.gateway.config;

import org.jspecify.annotations.Nullable;

/**
 * Something outside the program keeps it from starting: a busy port, an unreachable database. The
 * message is one line for the person who starts it; it holds no secret.
 */
public final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartupException(String message) {
    this(message, null);
  }

  /** The cause is for the debug log only. */
  public StartupException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
