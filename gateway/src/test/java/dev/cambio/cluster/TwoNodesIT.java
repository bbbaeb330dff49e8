package dev.cambio.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.e2e.ClusterFixture;
import dev.cambio.e2e.ClusterFixture.Member;
import dev.cambio.gateway.config.StartupException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A gateway node and an actions node, joined over loopback")
class TwoNodesIT {

  @Test
  @DisplayName(
      "an exchange crosses the bus; without an actions node it is 503, with one again it works")
  void exchangeCrossesTheBus() throws Exception {
    try (ClusterFixture cluster = ClusterFixture.start()) {
      // Nothing that runs Actions is there yet.
      assertThat(cluster.exchange().error())
          .isEqualTo("503 temporarily_unavailable: The service is busy. Try again in a moment.");
      assertThat(cluster.exchange().header("Retry-After")).isEqualTo("1");
      assertThat(cluster.gateway().health())
          .startsWith("{\"status\":\"DOWN\"")
          .contains("no Actions node is heard");

      try (Member actions = cluster.join("actions", Map.of())) {
        cluster.awaitStatus(200);
        assertThat(cluster.gateway().health()).startsWith("{\"status\":\"UP\"");
        assertThat(cluster.exchange().accessToken().path("sub").asText())
            .isEqualTo("oidc|acme-idp|partner-7");
        // The actions node has neither database nor HTTP listener for tokens.
        assertThat(actions.node().httpPort()).isZero();
        assertThat(actions.health()).doesNotContain("database").contains("\"actions\"");
      }

      cluster.awaitStatus(503);
      try (Member another = cluster.join("actions", Map.of())) {
        cluster.awaitStatus(200);
        assertThat(another.health()).contains("\"members\":2");
      }
    }
  }

  @Test
  @DisplayName("a node with another cluster secret does not start, and exchanges go on")
  void anotherSecret() throws Exception {
    try (ClusterFixture cluster = ClusterFixture.start();
        Member actions = cluster.join("actions", Map.of())) {
      cluster.awaitStatus(200);
      assertThatExceptionOfType(StartupException.class)
          .isThrownBy(
              () ->
                  cluster.join(
                      "actions", Map.of("cluster.secret", "another-secret-0123456789abcdef-0123")))
          .withMessageContaining("cluster.secret is not the secret of the cluster that");
      assertThat(cluster.exchange().status()).isEqualTo(200);
      assertThat(actions.health()).contains("\"members\":2");
    }
  }
}
