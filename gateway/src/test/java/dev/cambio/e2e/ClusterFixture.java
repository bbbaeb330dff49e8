package dev.cambio.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cambio.e2e.TokenRequest.Answer;
import dev.cambio.gateway.Node;
import dev.cambio.gateway.NodeConfiguration;
import dev.cambio.gateway.database.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A cluster that grows and shrinks: one gateway node from the start, others join and leave. */
public final class ClusterFixture implements AutoCloseable {
  static final String SECRET = "cluster-secret-0123456789abcdef-0123456789";
  private static final long AWAIT_NANOS = 30_000_000_000L;

  private final TestPostgres postgres;
  private final int seedPort;
  private final Member gateway;
  private final Clock clock;

  private ClusterFixture(TestPostgres postgres, int seedPort, Member gateway, Clock clock) {
    this.clock = clock;
    this.postgres = postgres;
    this.seedPort = seedPort;
    this.gateway = gateway;
  }

  /** A node of the cluster. */
  public record Member(Node node) implements AutoCloseable {
    /** Its {@code /health/ready}, as text. */
    public String health() {
      return TokenRequest.get("http://127.0.0.1:" + node.opsPort() + "/health/ready")
          .response()
          .body();
    }

    @Override
    public void close() {
      node.close();
    }
  }

  /** The gateway node that is there from the start. */
  public Member gateway() {
    return gateway;
  }

  /** Starts the gateway node, with a database of its own and the quickstart tenant. */
  public static ClusterFixture start() throws IOException {
    return start(Map.of());
  }

  /** The same with more settings. */
  public static ClusterFixture start(Map<String, String> settings) throws IOException {
    return start(settings, Clock.systemUTC());
  }

  /** The same by that clock, which the nodes that join go by too. */
  static ClusterFixture start(Map<String, String> settings, Clock clock) throws IOException {
    TestPostgres postgres = TestPostgres.create();
    int seedPort = FreePort.find();
    Map<String, String> more = new HashMap<>(settings);
    more.put("roles", "gateway");
    more.put("cluster.port", Integer.toString(seedPort));
    Member gateway = member(postgres.url(), seedPort, more, clock);
    return new ClusterFixture(postgres, seedPort, gateway, clock);
  }

  /** Has another node join; returns when it is ready. */
  public Member join(String roles, Map<String, String> settings) throws IOException {
    Map<String, String> more = new HashMap<>();
    more.put("roles", roles);
    more.put("cluster.port", Integer.toString(FreePort.find()));
    more.putAll(settings);
    return member(postgres.url(), seedPort, more, clock);
  }

  private static Member member(
      String databaseUrl, int seedPort, Map<String, String> settings, Clock clock)
      throws IOException {
    Map<String, String> more = new HashMap<>();
    more.put("cluster.join", "tcp-ip");
    more.put("cluster.members", "127.0.0.1:" + seedPort);
    more.put("cluster.secret", SECRET);
    more.putAll(settings);
    Path data = Files.createTempDirectory("cambio-cluster");
    return new Member(
        Node.start(NodeConfiguration.from(TestNode.settings(databaseUrl, data, more)), clock));
  }

  /** Exchanges a partner token at the gateway node. */
  public Answer exchange() {
    return exchangeAt(gateway);
  }

  /** The same at another gateway node. */
  public Answer exchangeAt(Member member) {
    return partnerExchange(issuer(member)).post();
  }

  /** The quickstart tenant's issuer at the gateway node. */
  String issuer() {
    return issuer(gateway);
  }

  static String issuer(Member member) {
    return "http://localhost:" + member.node().httpPort() + "/";
  }

  /** A partner token's exchange at that issuer, not yet sent. */
  static TokenRequest partnerExchange(String issuer) {
    return TokenRequest.quickstart(issuer, "urn:acme:partner-token", PartnerTokens.valid(issuer));
  }

  /** Exchanges until the answer has that status. */
  public void awaitStatus(int status) throws InterruptedException {
    long deadline = System.nanoTime() + AWAIT_NANOS;
    while (exchange().status() != status) {
      assertThat(System.nanoTime()).as("still no %d", status).isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  /** An address by which nodes and services join the cluster. */
  String seed() {
    return "127.0.0.1:" + seedPort;
  }

  /**
   * Has both gateway nodes serve the quickstart tenant: by itself, each takes it for its own port.
   */
  void shareTenantWith(Member member) {
    column(
        "insert into tenant_host (tenant_id, host) values ('quickstart', ?) returning host",
        URI.create(issuer()).getAuthority());
    for (String issuer : List.of(issuer(), issuer(member))) {
      await().until(() -> TokenRequest.get(issuer + ".well-known/jwks.json").status() == 200);
    }
  }

  /** Rows of one text column of the cluster's database. */
  List<String> column(String sql, Object... parameters) {
    return TestNode.column(postgres, sql, parameters);
  }

  @Override
  public void close() {
    gateway.close();
  }
}
