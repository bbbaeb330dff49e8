package dev.cambio.gateway.store;

import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.util.function.Function;

/** The pool of connections, and transactions on it. */
public final class Database extends Queries {
  private final Pool pool;

  public Database(Pool pool) {
    super(pool);
    this.pool = pool;
  }

  /** The pool itself, for the few statements that belong to no tenant. */
  public Pool pool() {
    return pool;
  }

  /** Runs the work in one transaction; anything it throws rolls back and is thrown on. */
  public <T> T transaction(Function<Queries, T> work) {
    SqlConnection connection = pool.getConnection().await();
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
