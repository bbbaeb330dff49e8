package dev.cambio.gateway.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The pool of connections, and transactions on it. Whoever waits for a connection for too long is
 * told so.
 */
public final class Database extends Queries {
  /** Longer than any burst lasts, shorter than clients wait. */
  private static final Duration WAIT = Duration.ofSeconds(4);

  private final Pool pool;
  private final Duration wait;

  public Database(Pool pool) {
    this(pool, WAIT);
  }

  /** One whose callers wait that long for a connection. */
  public Database(Pool pool, Duration wait) {
    super(pool);
    this.pool = pool;
    this.wait = wait;
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
    Future<SqlConnection> acquired = pool.getConnection();
    return acquired
        .timeout(wait.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(late -> acquired.onSuccess(SqlConnection::close));
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
