package dev.cambio.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import dev.cambio.model.bus.TokenBus;
import dev.cambio.model.cluster.ClusterMember;
import dev.cambio.model.cluster.Membership;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A process beside the gateway, with Vert.x and nothing of Cambio's but the shared model. */
public final class InternalService implements AutoCloseable {
  private final ClusterFixture cluster;
  private final ClusterFixture.Member actions;
  private final ClusterMember member;

  private InternalService(
      ClusterFixture cluster, ClusterFixture.Member actions, ClusterMember member) {
    this.cluster = cluster;
    this.actions = actions;
    this.member = member;
  }

  /** Starts a cluster and joins it. */
  public static InternalService join() throws Exception {
    ClusterFixture cluster = ClusterFixture.start(Map.of());
    ClusterFixture.Member actions = cluster.join("actions", Map.of());
    ClusterMember member =
        ClusterMember.join(
            Membership.ofService("cambio", List.of(cluster.seed()), "127.0.0.1"),
            ClusterFixture.SECRET.getBytes(UTF_8));
    return new InternalService(cluster, actions, member);
  }

  public TokenBus bus() {
    return member.bus();
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

  /** What the service of README prints when it exchanges that, as a program of its own. */
  public List<String> readme() throws Exception {
    return ReadmeService.run(cluster.seed(), issuer(), ClusterFixture.SECRET, partnerExchange());
  }

  /** How many parts of the cluster's data the service keeps. */
  public long partitions() {
    HazelcastInstance hazelcast = member.hazelcast();
    Member own = hazelcast.getCluster().getLocalMember();
    return hazelcast.getPartitionService().getPartitions().stream()
        .filter(partition -> own.equals(partition.getOwner()))
        .count();
  }

  /** Puts something where gateways keep what they found out about an ID token. */
  public void plantVerdict(String token, String json) throws GeneralSecurityException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
    String key = "quickstart/" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    member.hazelcast().getMap("cambio.id-token-validation").set(key, json.getBytes(UTF_8));
  }

  @Override
  public void close() throws IOException {
    member.close();
    actions.close();
    cluster.close();
  }
}
