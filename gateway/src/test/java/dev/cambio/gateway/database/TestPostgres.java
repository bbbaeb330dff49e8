package dev.cambio.gateway.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * A database with our schema and nothing in it, on the one PostgreSQL server of this JVM. It lives
 * as long as the server.
 *
 * @param url for clients of PostgreSQL
 * @param dataSource for JDBC
 */
public record TestPostgres(String url, DataSource dataSource) {
  private static final String USER = "postgres";
  private static final String TEMPLATE = "migrated";
  private static final AtomicInteger CREATED = new AtomicInteger();

  private static final class Server {
    private static final EmbeddedPostgres POSTGRES = start();
  }

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres postgres =
          EmbeddedPostgres.builder().setServerConfig("max_connections", "400").start();
      create(postgres, TEMPLATE, "template1");
      Flyway.configure()
          .dataSource(postgres.getDatabase(USER, TEMPLATE))
          .locations("classpath:db/migration")
          .load()
          .migrate();
      return postgres;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void create(EmbeddedPostgres postgres, String name, String template) {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name + " template " + template);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new database. */
  public static TestPostgres create() {
    EmbeddedPostgres postgres = Server.POSTGRES;
    String name = "test_" + CREATED.incrementAndGet();
    create(postgres, name, TEMPLATE);
    return new TestPostgres(
        "postgresql://" + USER + "@127.0.0.1:" + postgres.getPort() + "/" + name,
        postgres.getDatabase(USER, name));
  }

  /** Whether it takes connections; if not, those that there are end. */
  public void takesConnections(boolean takes) throws SQLException {
    String name = url.substring(url.lastIndexOf('/') + 1);
    try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("alter database " + name + " allow_connections " + takes);
      if (!takes) {
        statement.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                + name
                + "'");
      }
    }
  }

  /** How many rows a table has. */
  public int count(String table) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
