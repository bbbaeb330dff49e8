package dev.cambio.gateway.database;

import dev.cambio.gateway.error.Faults;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the server answers, by asking it all the time. While it does not, nobody else needs
 * to find out at the price of a time-out. Thread-safe.
 */
final class DatabaseWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);

  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration INTERVAL_WHILE_AWAY = Duration.ofMillis(250);

  /** What takes longer to fail was not answered. */
  private static final Duration SILENCE = Duration.ofMillis(300);

  private final Vertx vertx;
  private final Context context;
  private final Supplier<Future<?>> probe;
  private final Runnable left;
  private volatile Optional<String> away = Optional.empty();
  private volatile boolean closed;

  // The rest is touched on the context only.
  private long timer = -1;
  private boolean asking;
  private boolean doubted;
  private long askedAt;
  private long awaySince;

  /**
   * A watch that takes the server to be there.
   *
   * @param probe asks the server; fails within a second or so if there is no answer
   * @param left called on an event loop when connections are found to be silent or gone
   */
  DatabaseWatch(Vertx vertx, Supplier<Future<?>> probe, Runnable left) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.probe = probe;
    this.left = left;
  }

  /** Why the server is away; empty while it answers. */
  Optional<String> away() {
    return away;
  }

  /** Asks now: a connection was lost, or the watch begins. */
  void suspect() {
    if (!closed) {
      context.runOnContext(now -> ask());
    }
  }

  private void ask() {
    if (asking || closed) {
      return;
    }
    asking = true;
    askedAt = System.nanoTime();
    vertx.cancelTimer(timer);
    probe.get().onComplete(asked -> context.runOnContext(now -> answered(asked.cause())));
  }

  private void answered(@Nullable Throwable failure) {
    asking = false;

    if (failure == null || isAnswer(failure)) {
      doubted = false;
      back();
    } else if (doubted || away.isPresent()) {
      doubted = false;
      leave(Faults.reason(failure));
    } else {
      // The connection that was asked on may be at fault, and the next one is new. Where it was
      // silent, others that are as old are not to be trusted.
      doubted = true;
      if (System.nanoTime() - askedAt > SILENCE.toNanos()) {
        left.run();
      }
      ask();
      return;
    }
    timer =
        vertx.setTimer(
            (away.isPresent() ? INTERVAL_WHILE_AWAY : INTERVAL).toMillis(), due -> ask());
  }

  /** Where all connections are taken, some may be ours; any other refusal is as good as silence. */
  private static boolean isAnswer(Throwable failure) {
    return failure instanceof PgException refusal
        && String.valueOf(refusal.getSqlState()).startsWith("53");
  }

  private void leave(String reason) {
    if (away.isEmpty()) {
      LOG.warn("The database is away: {}. What needs it is answered 503.", reason);
      awaySince = System.nanoTime();
      left.run();
    }
    away = Optional.of(reason);
  }

  private void back() {
    if (away.isPresent()) {
      away = Optional.empty();
      Duration absence = Duration.ofNanos(System.nanoTime() - awaySince);
      LOG.info("The database is back after {} ms", absence.toMillis());
    }
  }

  @Override
  public void close() {
    closed = true;
    context.runOnContext(now -> vertx.cancelTimer(timer));
  }
}
