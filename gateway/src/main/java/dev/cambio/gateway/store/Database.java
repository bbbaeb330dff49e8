package dev.cambio.gateway.store;

import dev.cambio.gateway.error.Faults;
import dev.cambio.gateway.error.Outage;
import io.vertx.core.Future;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The pool of connections, and transactions on it. Whoever waits for a connection for too long is
 * told so.
 */
public final class Database extends Queries {
  /** Longer than any burst lasts, shorter than clients wait. */
  private static final Duration WAIT = Duration.ofSeconds(4);

  private final Pool pool;
  private final Duration wait;
  private final Supplier<Optional<String>> away;

  public Database(Pool pool) {
    this(pool, WAIT, Optional::empty);
  }

  /**
   * One that may be away.
   *
   * @param wait of callers for a connection
   * @param away why there is no connection to be had, so that nobody waits for one; empty while
   *     there is
   */
  public Database(Pool pool, Duration wait, Supplier<Optional<String>> away) {
    super(pool);
    this.pool = pool;
    this.wait = wait;
    this.away = away;
  }

  /** Has a connection do something, for statements that belong to no tenant. */
  public <T> Future<T> withConnection(Function<SqlConnection, Future<T>> work) {
    return acquire().compose(connection -> work.apply(connection).eventually(connection::close));
  }

  /**
   * A connection, within the time. The pool's own limit is not used: where its timer and the
   * connection meet, it completes a query twice, or forgets who waits for a transaction.
   */
  private Future<SqlConnection> acquire() {
    Optional<String> reason = away.get();
    if (reason.isPresent()) {
      return Future.failedFuture(new Outage("the database is away: " + reason.get()));
    }
    Future<SqlConnection> acquired = pool.getConnection();
    return acquired
        .timeout(wait.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(late -> acquired.onSuccess(SqlConnection::close))
        // Whoever uses it learns of that by the statement; the library would print it.
        .onSuccess(connection -> connection.exceptionHandler(broken -> {}))
        .recover(failure -> Future.failedFuture(told(failure)));
  }

  /** Whatever is in the way of a connection, the statement that wants it is not to blame. */
  private Outage told(Throwable failure) {
    return switch (failure) {
      case TimeoutException late ->
          new Outage("no connection to the database within " + wait.toMillis() + " ms");
      case ConnectionPoolTooBusyException full ->
          new Outage("too many wait for a connection to the database");
      default -> new Outage("no connection to the database: " + Faults.reason(failure));
    };
  }

  @Override
  Future<RowSet<Row>> run(String sql, Tuple parameters) {
    return withConnection(connection -> connection.preparedQuery(sql).execute(parameters));
  }

  /** Runs the work in one transaction; anything it throws rolls back and is thrown on. */
  public <T> T transaction(Function<Queries, T> work) {
    SqlConnection connection = acquire().await();
    try {
      Transaction transaction = connection.begin().await();
      try {
        T result = work.apply(new Queries(connection));
        transaction.commit().await();
        return result;
      } catch (Exception e) { // await() throws what a future failed with, checked or not
        rollBack(transaction, e);
        throw e;
      }
    } finally {
      connection.close();
    }
  }

  private static void rollBack(Transaction transaction, Exception cause) {
    try {
      transaction.rollback().await();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }
}
