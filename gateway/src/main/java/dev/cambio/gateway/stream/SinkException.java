package dev.cambio.gateway.stream;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A batch was not taken. The reason is shown to administrators; it holds no secret. */
final class SinkException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final boolean permanent;
  private final transient @Nullable Duration wait;

  private SinkException(String reason, boolean permanent, @Nullable Duration wait) {
    super(reason, null, false, false);
    this.reason = reason;
    this.permanent = permanent;
    this.wait = wait;
  }

  /** Trying the same again is of no use. */
  static SinkException permanent(String reason) {
    return new SinkException(reason, true, null);
  }

  static SinkException passing(String reason) {
    return new SinkException(reason, false, null);
  }

  /** Passing, and the receiver has said when to come back. */
  static SinkException passing(String reason, Optional<Duration> wait) {
    return new SinkException(reason, false, wait.orElse(null));
  }

  String reason() {
    return reason;
  }

  boolean isPermanent() {
    return permanent;
  }

  Optional<Duration> waitAtLeast() {
    return Optional.ofNullable(wait);
  }
}
