package dev.cambio.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterSettingsTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @Test
  void aNodeAloneNeedsNothing() {
    assertThat(ClusterSettings.from(settings(Map.of())).secret()).isEmpty();
  }

  @Test
  void joiningNeedsMembersAndASecret() {
    assertRefused(
        Map.of("cluster.join", "tcp-ip", "cluster.secret", SECRET),
        "cluster.members is required: a list of host:port when cluster.join is tcp-ip");
    assertRefused(
        Map.of("cluster.join", "tcp-ip", "cluster.members", "a:1"),
        "cluster.secret is required: the same random text on every node when cluster.join is not"
            + " none");
    assertRefused(
        Map.of("cluster.secret", "short"),
        "test: cluster.secret must be at least 32 characters long");
  }

  @Test
  void joiningByDnsNeedsANameAndOnePort() {
    Map<String, String> texts = new HashMap<>();
    texts.put("cluster.join", "dns");
    texts.put("cluster.secret", SECRET);
    assertRefused(
        texts, "cluster.dns-name is required: the name of all nodes when cluster.join is dns");
    texts.put("cluster.dns-name", "nodes.example");
    texts.put("cluster.port", "0");
    assertRefused(
        texts,
        "test: cluster.port is '0', but must be the same port on every node when cluster.join is"
            + " dns");
    texts.put("cluster.port", "5702");
    assertThat(ClusterSettings.from(settings(texts)).membership().members())
        .containsExactly("nodes.example:5702");
  }

  private static void assertRefused(Map<String, String> texts, String message) {
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> ClusterSettings.from(settings(texts)))
        .withMessage(message);
  }

  private static Settings settings(Map<String, String> texts) {
    Map<String, Settings.Value> values = new HashMap<>();
    texts.forEach((key, text) -> values.put(key, new Settings.Value(text, "test")));
    return new Settings(values);
  }
}
