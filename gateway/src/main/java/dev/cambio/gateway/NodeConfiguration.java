package dev.cambio.gateway;

import dev.cambio.gateway.cluster.ClusterSettings;
import dev.cambio.gateway.config.ConfigLoader;
import dev.cambio.gateway.config.Loopback;
import dev.cambio.gateway.config.NodeSettings;
import dev.cambio.gateway.config.Role;
import dev.cambio.gateway.database.DatabaseSettings;
import dev.cambio.gateway.http.HttpSettings;
import dev.cambio.gateway.ops.OpsSettings;
import dev.cambio.gateway.ops.ShutdownSettings;
import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import dev.cambio.runtime.ActionsSettings;
import java.util.Map;
import java.util.Set;

/** Every setting of a node, checked. */
public record NodeConfiguration(
    NodeSettings node,
    DatabaseSettings database,
    ClusterSettings cluster,
    OpsSettings ops,
    ShutdownSettings shutdown,
    GatewaySettings gateway,
    ActionsSettings actions) {

  /**
   * Reads all settings.
   *
   * @throws SettingsException for the first one that is missing or bad
   */
  public static NodeConfiguration from(Settings settings) {
    NodeSettings node = NodeSettings.from(settings);
    GatewaySettings gateway = GatewaySettings.from(settings);
    NodeConfiguration all =
        new NodeConfiguration(
            node,
            DatabaseSettings.from(settings, node.quickstart() || !node.has(Role.GATEWAY)),
            ClusterSettings.from(settings),
            OpsSettings.from(settings),
            ShutdownSettings.from(settings, gateway.exchange().actionTimeout()),
            gateway,
            ActionsSettings.read(settings, ConfigLoader.home().resolve("guest")));
    settings.rejectUnknown();
    all.requireSense(settings);
    return all;
  }

  /** The keys that components read: what they ask for when nothing is set. */
  public static Set<String> knownKeys() {
    Settings probe = new Settings(Map.of("quickstart", new Settings.Value("true", "default")));
    from(probe);
    return probe.known();
  }

  private void requireSense(Settings settings) {
    if (node.roles().size() == 1 && cluster.join() == ClusterSettings.Join.NONE) {
      throw settings.bad("roles", "gateway,actions for a node alone (cluster.join is none)");
    }
    if (node.quickstart()) {
      requireLoopback(settings, "http.host", gateway.http().host());
      requireLoopback(settings, "ops.host", ops.host());
    }
    requireOwnPort(settings);
  }

  /** Listeners of one port would share a server, and plain HTTP be served in TLS's stead. */
  private void requireOwnPort(Settings settings) {
    HttpSettings http = gateway.http();
    int port = http.tls().map(HttpSettings.Tls::port).orElse(0);
    if (port != 0 && ((http.plain() && port == http.port()) || port == ops.port())) {
      throw settings.bad("https.port", "another port than http.port and ops.port");
    }
    if (http.plain()
        && http.port() != 0
        && http.port() == ops.port()
        && http.host().equals(ops.host())) {
      throw settings.bad("http.port", "another port than ops.port");
    }
  }

  private static void requireLoopback(Settings settings, String key, String host) {
    if (!Loopback.is(settings, key, host)) {
      throw settings.bad(key, "a loopback address in quickstart, whose secrets are published");
    }
  }
}
