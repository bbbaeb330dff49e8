package dev.cambio.gateway.error;

import dev.cambio.gateway.error.OAuthException.ServerFault;
import dev.cambio.gateway.error.OAuthException.Unavailable;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells faults of the platform from all others, for every answer that is given (additions C13).
 * They are nobody's mistake, and trying again helps: 503, never 500, and never a refusal.
 */
public final class Faults {
  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
  private static final Trouble UNAVAILABLE = new Trouble(LOG, "Answered 503");

  /** As far as causes are followed. */
  private static final int DEPTH = 8;

  /**
   * Classes of PostgreSQL's error codes (its appendix A): no connection, not allowed in, no such
   * database, no resources (a full disk is one), intervention by an operator (a stop, a start, a
   * time-out), errors of the system.
   */
  private static final Set<String> CLASSES = Set.of("08", "28", "3D", "53", "57", "58");

  /**
   * Codes of other classes: a lock that was not to be had, a standby, a transaction that idled, and
   * those that had to give way to others although they were tried again.
   */
  private static final Set<String> CODES = Set.of("55P03", "25006", "25P03", "40001", "40P01");

  private Faults() {}

  /** What to answer: a refusal as it is, 503 for a fault of the platform, else 500. */
  public static OAuthException refusal(Throwable thrown) {
    if (thrown instanceof OAuthException known) {
      return known;
    }
    return isOfPlatform(thrown) ? new Unavailable(thrown) : new ServerFault(thrown);
  }

  /** Whether the platform is at fault. */
  public static boolean isOfPlatform(Throwable thrown) {
    @Nullable Throwable cause = thrown;
    for (int i = 0; i < DEPTH && cause != null; i++) {
      if (isOne(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isOne(Throwable thrown) {
    return switch (thrown) {
      case PgException refusal -> isOne(String.valueOf(refusal.getSqlState()));
      case Outage known -> true;
      case Unavailable known -> true;
      // What pools, connections that close under those who use them, and the bus fail with.
      case VertxException transport -> true;
      case TimeoutException late -> true;
      case IOException broken -> true;
      default -> false;
    };
  }

  private static boolean isOne(String sqlState) {
    return CODES.contains(sqlState)
        || (sqlState.length() == 5 && CLASSES.contains(sqlState.substring(0, 2)));
  }

  /**
   * Tells the log of the node of failures of ours. What an Action did wrong is in the tenant's log,
   * and what the platform did is one line however many meet it.
   */
  public static void report(OAuthException refusal) {
    if (refusal.getCause() == null) {
      return;
    }
    switch (refusal) {
      case Unavailable fault -> UNAVAILABLE.met(fault);
      case ServerFault fault -> LOG.error("Answered 500", fault.getCause());
      default -> {}
    }
  }

  /** What happened, in one line for the log of the node. */
  public static String reason(Throwable thrown) {
    @Nullable Throwable cause = thrown;
    while (cause instanceof OAuthException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message =
        cause instanceof PgException refusal
            ? refusal.getErrorMessage() + " (" + refusal.getSqlState() + ")"
            : String.valueOf(cause == null ? null : cause.getMessage());
    String line = message.lines().findFirst().orElse("");
    return line.isEmpty() || line.equals("null") ? String.valueOf(cause) : line;
  }
}
