package dev.cambio.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeSettingsTest {
  private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final Map<String, String> PRODUCTION =
      Map.of("master-key", KEY, "http.behind-tls-proxy", "true");

  @Test
  void productionNeedsNothingButMasterKeyAndTls() {
    NodeSettings node = NodeSettings.from(settings(PRODUCTION));

    assertThat(node.masterKey()).contains(Secret.of("0123456789abcdef0123456789abcdef"));
    assertThat(node.roles()).containsExactlyInAnyOrder(Role.GATEWAY, Role.ACTIONS);
    assertThat(node.toString()).contains("[redacted]").doesNotContain("0123456789");
  }

  @Test
  void quickstartNeedsNothing() {
    assertThat(NodeSettings.from(settings(Map.of("quickstart", "true"))).masterKey()).isEmpty();
  }

  @Test
  void anActionsNodeNeedsNoTls() {
    assertThat(NodeSettings.from(settings(Map.of("master-key", KEY, "roles", "actions"))).roles())
        .containsExactly(Role.ACTIONS);
  }

  @Test
  void refusesToServeNeitherTlsNorAProxy() {
    assertRefused(
        Map.of("http.behind-tls-proxy", "false"),
        "https.port is required: a port, since tokens must not travel over plain HTTP; or put a TLS"
            + " proxy in front and say so with http.behind-tls-proxy");
  }

  @Test
  void servesTlsItself() {
    assertThat(
            NodeSettings.from(
                    settings(
                        Map.of(
                            "master-key",
                            KEY,
                            "http.behind-tls-proxy",
                            "false",
                            "https.port",
                            "8443")))
                .behindTlsProxy())
        .isFalse();
  }

  @Test
  void refusesAMissingMasterKey() {
    assertRefused(
        Map.of("master-key", ""),
        "test: master-key must be 32 random bytes in base64 (make one with: openssl rand -base64"
            + " 32)");
  }

  @Test
  void refusesABadMasterKeyWithoutShowingIt() {
    assertRefused(
        Map.of("master-key", "c2hvcnQ="),
        "test: master-key must be 32 bytes in base64 (44 characters)");
    assertRefused(
        Map.of("master-key", "secret!"),
        "test: master-key must be 32 bytes in base64 (44 characters)");
  }

  @Test
  void refusesAnUnknownRole() {
    assertRefused(
        Map.of("roles", "gateway,cook"),
        "test: roles is 'gateway,cook', but must be a list of gateway, actions");
  }

  private static void assertRefused(Map<String, String> changes, String message) {
    Map<String, String> all = new HashMap<>(PRODUCTION);
    all.putAll(changes);
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> NodeSettings.from(settings(all)))
        .withMessage(message);
  }

  private static Settings settings(Map<String, String> texts) {
    Map<String, Settings.Value> values = new HashMap<>();
    texts.forEach((key, text) -> values.put(key, new Settings.Value(text, "test")));
    return new Settings(values);
  }
}
