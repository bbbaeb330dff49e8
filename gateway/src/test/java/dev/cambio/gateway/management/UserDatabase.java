package dev.cambio.gateway.management;

import dev.cambio.gateway.database.TestPostgres;
import dev.cambio.gateway.store.Database;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A PostgreSQL server with our schema and one tenant. */
final class UserDatabase implements AutoCloseable {
  static final String TENANT = "acme";

  private final TestPostgres postgres = TestPostgres.create();
  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService virtualThreads = Executors.newVirtualThreadPerTaskExecutor();
  private final Pool pool;

  UserDatabase() throws IOException {
    pool =
        PgBuilder.pool()
            .connectingTo(PgConnectOptions.fromUri(postgres.url()).setCachePreparedStatements(true))
            .with(new PoolOptions().setMaxSize(8))
            .using(vertx)
            .build();
    execute("insert into tenant (id, domain) values ('acme', 'localhost'), ('other', 'other')");
  }

  Database database() {
    return new Database(pool);
  }

  Pool pool() {
    return pool;
  }

  Connection connect() throws SQLException {
    return postgres.dataSource().getConnection();
  }

  void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs what waits for the database, as requests do, and throws what it threw. */
  <T> T call(Callable<T> work) {
    try {
      return virtualThreads.submit(work).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    virtualThreads.close();
    pool.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
