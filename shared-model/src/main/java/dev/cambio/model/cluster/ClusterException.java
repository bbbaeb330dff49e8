package dev.cambio.model.cluster;

/** Why a process cannot join; the message says it in one line, without the secret. */
public sealed class ClusterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private ClusterException(String message, Throwable cause) {
    super(message, cause);
  }

  private ClusterException(String message) {
    super(message);
  }

  /** The member's port cannot be served. */
  public static final class Member extends ClusterException {
    private static final long serialVersionUID = 1L;

    Member(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The event bus cannot be served. */
  public static final class Bus extends ClusterException {
    private static final long serialVersionUID = 1L;

    Bus(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The members that answer have another cluster secret. */
  public static final class AnotherSecret extends ClusterException {
    private static final long serialVersionUID = 1L;

    AnotherSecret(String message) {
      super(message);
    }
  }
}
