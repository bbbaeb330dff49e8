package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hazelcast.config.Config;
import dev.cambio.model.bus.BusSeal;
import dev.cambio.model.bus.TokenBus;
import dev.cambio.model.bus.TokenCall;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process beside the gateway, with Vert.x and nothing of Cambio's but the shared model. */
public final class InternalService implements AutoCloseable {
  private final ClusterFixture cluster;
  private final ClusterFixture.Member actions;
  private final Vertx vertx;
  private final TokenBus bus;

  private InternalService(
      ClusterFixture cluster, ClusterFixture.Member actions, Vertx vertx, TokenBus bus) {
    this.cluster = cluster;
    this.actions = actions;
    this.vertx = vertx;
    this.bus = bus;
  }

  /** Starts a cluster and joins it. */
  public static InternalService join() throws Exception {
    return joinAs(ClusterFixture.SECRET);
  }

  /** The same with that cluster secret. */
  public static InternalService joinAs(String secret) throws Exception {
    ClusterFixture cluster = ClusterFixture.start(Map.of());
    ClusterFixture.Member actions = cluster.join("actions", Map.of());
    Vertx vertx = vertx(cluster.seed());
    TokenBus bus =
        TokenBus.join(vertx.eventBus(), new BusSeal(secret.getBytes(UTF_8), new SecureRandom()));
    return new InternalService(cluster, actions, vertx, bus);
  }

  private static Vertx vertx(String seed) throws Exception {
    Config config = new Config();
    config.setClusterName("cambio");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.getNetworkConfig().setPort(0).setPortAutoIncrement(true);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).addMember(seed);
    return Vertx.builder()
        .with(new VertxOptions().setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
        .withClusterManager(new HazelcastClusterManager(config))
        .buildClustered()
        .await(60, TimeUnit.SECONDS);
  }

  public TokenBus bus() {
    return bus;
  }

  public String issuer() {
    return cluster.issuer();
  }

  /** The parameters of an exchange that succeeds. */
  public Map<String, String> partnerExchange() {
    return Map.of(
        "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
        "client_id", "quickstart-app",
        "client_secret", "quickstart-app-secret-0123456789abcdef",
        "audience", "https://api.acme.example/orders",
        "subject_token_type", "urn:acme:partner-token",
        "subject_token", partnerToken("partner-7", true));
  }

  /** A partner's token for another subject. */
  public String partnerToken(String subject, boolean emailVerified) {
    return PartnerTokens.signed(
        PartnerTokens.claims(issuer())
            .put("sub", subject)
            .put("email", subject + "@partner.example")
            .put("email_verified", emailVerified),
        PartnerTokens.SECRET);
  }

  public List<String> column(String sql, Object... parameters) {
    return cluster.column(sql, parameters);
  }

  /** Whether nobody answers. */
  public boolean failsToAsk() {
    try {
      bus.request(new TokenCall(issuer(), "192.0.2.1", Map.of(), partnerExchange()))
          .await(3, TimeUnit.SECONDS);
      return false;
    } catch (Exception e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    actions.close();
    cluster.close();
  }
}
