package dev.cambio.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.Node;
import dev.cambio.gateway.NodeConfiguration;
import dev.cambio.gateway.database.TestPostgres;
import dev.cambio.gateway.files.ImportOptions;
import dev.cambio.gateway.files.TenantImporter;
import dev.cambio.gateway.management.Resources;
import dev.cambio.gateway.packages.ActionPackages;
import dev.cambio.gateway.packages.BuildSettings;
import dev.cambio.gateway.store.SecretSeal;
import dev.cambio.model.bus.Json;
import dev.cambio.model.config.Settings;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node in quickstart mode with the quickstart tenant at {@code localhost} and the contract tests'
 * tenant at {@code 127.0.0.1}. One is shared by all tests of a JVM and lives as long as it.
 */
public final class TestNode implements AutoCloseable {
  /** Long enough for slow machines, short enough to wait for in a test. */
  public static final long ACTION_TIMEOUT_MS = 5000;

  static final int USERINFO_PER_MINUTE = 100;

  /** The address of a proxy on this machine; whoever connects from it is believed. */
  static final String PROXY = "127.0.0.9";

  /** What the proxy that ends mutual TLS would send. */
  static final String EDGE_KEY = "edge-key-0123456789";

  private static final byte[] MASTER_KEY = new byte[SecretSeal.MASTER_KEY_BYTES];

  private final TestPostgres postgres;
  private final Node node;

  private TestNode(TestPostgres postgres, Node node) {
    this.postgres = postgres;
    this.node = node;
  }

  private static final class Shared {
    private static final TestNode NODE =
        // A run that waits for its user may not keep the user out.
        start(Map.of("actions.slots-per-process", "4"));
  }

  public static TestNode shared() {
    return Shared.NODE;
  }

  /** A node of the test's own, with more settings. */
  static TestNode start(Map<String, String> settings) {
    Map<String, String> more = new HashMap<>();
    more.put("exchange.session-transfer", "issue");
    more.put("http.body-timeout-ms", "5000");
    // Far beyond what other tests ask for one user.
    more.put("limits.userinfo-per-minute", Integer.toString(USERINFO_PER_MINUTE));
    more.put("http.trusted-proxies", PROXY + ", 10.1.0.0/16");
    more.put("http.trusted-edge", "127.0.0.1/32, " + PROXY + "/32");
    more.put("http.trusted-edge-api-key", EDGE_KEY);
    more.putAll(settings);
    try {
      TestPostgres postgres = TestPostgres.create();
      Path data = Files.createTempDirectory("cambio-test");
      Node node =
          Node.start(
              NodeConfiguration.from(settings(postgres.url(), data, more)), Clock.systemUTC());
      TestNode started = new TestNode(postgres, node);
      started.importContractTenant();
      return started;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Settings of a quickstart node on free ports. */
  static Settings settings(String databaseUrl, Path data, Map<String, String> more) {
    Map<String, String> texts = new HashMap<>();
    texts.put("quickstart", "true");
    texts.put("data-dir", data.toString());
    texts.put("database.url", databaseUrl);
    texts.put("master-key", Base64.getEncoder().encodeToString(MASTER_KEY));
    texts.put("http.port", "0");
    texts.put("https.port", "0");
    texts.put("tls.self-signed", "true");
    texts.put("ops.port", "0");
    texts.put("cluster.port", "0");
    texts.put("actions.timeout-ms", Long.toString(ACTION_TIMEOUT_MS));
    texts.put("actions.slots-per-process", "2");
    texts.put("actions.self-test", "false");
    texts.put("actions.guest-home", System.getProperty("cambio.guest.home"));
    texts.put(
        "actions.bundler-home",
        Path.of(System.getProperty("cambio.node.modules")).resolveSibling("").toString());
    texts.putAll(more);
    Map<String, Settings.Value> values = new HashMap<>();
    texts.forEach((key, text) -> values.put(key, new Settings.Value(text, "test")));
    return new Settings(values);
  }

  private void importContractTenant() {
    importTenant(
        Path.of("src", "test", "resources", "contract-tenant"),
        "contract",
        "127.0.0.1:" + node.httpPort());
  }

  /** Imports a tenant as an administrator would, beside the running node. */
  public void importTenant(Path directory, String tenant, String domain) {
    Vertx vertx = Vertx.vertx();
    Pool pool =
        PgBuilder.pool()
            .connectingTo(PgConnectOptions.fromUri(postgres.url()))
            .using(vertx)
            .build();
    try {
      SecretSeal seal = SecretSeal.of(MASTER_KEY);
      ActionPackages packages =
          new ActionPackages(BuildSettings.from(settings("", Path.of(""), Map.of())));
      new TenantImporter(
              pool,
              Resources.offline(vertx, pool, seal, packages),
              packages,
              seal,
              Clock.systemUTC())
          .importDirectory(directory, new ImportOptions(tenant, domain, Map.of()));
    } finally {
      pool.close().toCompletionStage().toCompletableFuture().join();
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** The quickstart tenant's issuer. */
  public String quickstart() {
    return "http://localhost:" + node.httpPort() + "/";
  }

  /** The quickstart tenant's issuer by HTTPS. */
  public String tlsQuickstart() {
    return "https://localhost:" + node.httpsPort() + "/";
  }

  /** The certificate that HTTPS clients have to trust. */
  public Path caFile() {
    return node.tlsCertificate().orElseThrow();
  }

  /** The contract tests' tenant's issuer. */
  public String contract() {
    return "http://127.0.0.1:" + node.httpPort() + "/";
  }

  public String ops() {
    return "http://127.0.0.1:" + node.opsPort() + "/";
  }

  /** The sum of a metric's series, of those that have the label if one is given. */
  public double metric(String name, String label) {
    Matcher line =
        Pattern.compile("(?m)^" + name + "(\\{[^}]*" + label + "[^}]*})? ([0-9.E+-]+)$")
            .matcher(TokenRequest.get(ops() + "metrics").response().body());
    double sum = 0;
    while (line.find()) {
      if (label.isEmpty() || line.group(1) != null) {
        sum += Double.parseDouble(line.group(2));
      }
    }
    return sum;
  }

  /** Runs a statement as a database administrator would. */
  public int execute(String sql, Object... parameters) {
    try (Connection connection = postgres.dataSource().getConnection();
        PreparedStatement statement = prepare(connection, sql, parameters)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The database of the node. */
  TestPostgres database() {
    return postgres;
  }

  /** Rows of one JSON or text column. */
  public List<String> column(String sql, Object... parameters) {
    return column(postgres, sql, parameters);
  }

  static List<String> column(TestPostgres postgres, String sql, Object... parameters) {
    try (Connection connection = postgres.dataSource().getConnection();
        PreparedStatement statement = prepare(connection, sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The tenant log entries of one request, found by the user agent that it was sent with. */
  public List<ObjectNode> logs(String userAgent) {
    return column(
            """
            select (payload || jsonb_build_object('type', type, 'log_id', log_id))::text
            from tenant_log where payload ->> 'user_agent' = ? order by seq
            """,
            userAgent)
        .stream()
        .map(TestNode::object)
        .toList();
  }

  private static ObjectNode object(String json) {
    try {
      return (ObjectNode) Json.parse(json);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    node.close();
  }

  /** One JSON member of an object, for assertions on text. */
  public static String text(JsonNode json, String member) {
    return json.path(member).asText();
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
