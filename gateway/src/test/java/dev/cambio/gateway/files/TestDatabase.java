package dev.cambio.gateway.files;

import dev.cambio.gateway.database.TestPostgres;
import dev.cambio.gateway.management.Resources;
import dev.cambio.gateway.packages.ActionPackages;
import dev.cambio.gateway.packages.BuildMode;
import dev.cambio.gateway.packages.TestBuilds;
import dev.cambio.gateway.store.SecretSeal;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A PostgreSQL server with our schema, and an importer into it. */
final class TestDatabase implements AutoCloseable {
  static final SecretSeal SEAL = SecretSeal.of(new byte[SecretSeal.MASTER_KEY_BYTES]);
  static final String TENANT = "quickstart";

  private static final List<String> TABLES =
      List.of(
          "tenant",
          "tenant_host",
          "client",
          "resource_server",
          "client_grant",
          "connection",
          "connection_client",
          "user_account",
          "user_identity",
          "user_identifier",
          "action_code",
          "action",
          "action_version",
          "action_module",
          "action_module_version",
          "token_exchange_profile",
          "trigger_binding",
          "role",
          "role_permission",
          "organization",
          "organization_connection",
          "organization_client_grant",
          "signing_key");

  /** Builds as the quickstart does. */
  private static final ActionPackages PACKAGES =
      new ActionPackages(TestBuilds.settings(BuildMode.ISOLATED, "npm", Duration.ofMinutes(2)));

  private final TestPostgres postgres;
  private final Vertx vertx = Vertx.vertx();
  private final Pool pool;

  private TestDatabase(TestPostgres postgres) {
    this.postgres = postgres;
    this.pool =
        PgBuilder.pool()
            .connectingTo(PgConnectOptions.fromUri(postgres.url()))
            .using(vertx)
            .build();
  }

  static TestDatabase start() throws IOException {
    TestPostgres postgres = TestPostgres.create();
    return new TestDatabase(postgres);
  }

  TenantImporter importer() {
    return importer(Clock.systemUTC());
  }

  TenantImporter importer(Clock clock) {
    return new TenantImporter(
        pool, Resources.offline(vertx, pool, SEAL, PACKAGES), PACKAGES, SEAL, clock);
  }

  TenantExporter exporter() {
    return new TenantExporter(
        pool, Resources.offline(vertx, pool, SEAL, PACKAGES), SEAL, Clock.systemUTC());
  }

  /** Imports as the quickstart does, sample secrets included. */
  ImportReport importTenant(Path directory) {
    return importer()
        .importDirectory(
            directory, new ImportOptions(TENANT, "localhost:8080", Map.of(), true, false));
  }

  /** Every row of every table as JSON, timestamps and sealed bytes included. */
  Map<String, List<String>> dump() {
    Map<String, List<String>> dump = new TreeMap<>();
    for (String table : TABLES) {
      dump.put(table, rows("select to_jsonb(t)::text from " + table + " t order by 1"));
    }
    return dump;
  }

  /** The first column of every row, as text. */
  List<String> rows(String sql, Object... parameters) {
    try (Connection connection = postgres.dataSource().getConnection();
        PreparedStatement statement = prepare(connection, sql, parameters);
        ResultSet result = statement.executeQuery()) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] bytes(String sql, Object... parameters) {
    try (Connection connection = postgres.dataSource().getConnection();
        PreparedStatement statement = prepare(connection, sql, parameters);
        ResultSet result = statement.executeQuery()) {
      result.next();
      return result.getBytes(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void execute(String sql, Object... parameters) {
    try (Connection connection = postgres.dataSource().getConnection();
        PreparedStatement statement = prepare(connection, sql, parameters)) {
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Forgets every tenant. */
  void clear() {
    execute("truncate tenant cascade");
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  @Override
  public void close() throws IOException {
    pool.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
