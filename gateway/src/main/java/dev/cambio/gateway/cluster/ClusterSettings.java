package dev.cambio.gateway.cluster;

import dev.cambio.gateway.config.Secret;
import dev.cambio.model.cluster.Membership;
import dev.cambio.model.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Settings of the cluster.
 *
 * @param members {@code host} or {@code host:port} of nodes to join
 * @param dnsName whose addresses are those of nodes, each with its member at {@code port}
 * @param host the address that members and the event bus bind to
 * @param port of the member; 0 lets the system choose
 * @param busPort of the event bus; 0 lets the system choose
 * @param secret proves membership and seals what crosses the event bus; a node alone needs none
 * @param secretOrigin where the secret was set, for messages
 * @param mapTimeout the longest that a request waits for what another member keeps
 */
public record ClusterSettings(
    Join join,
    String name,
    List<String> members,
    Optional<String> dnsName,
    String host,
    int port,
    int busPort,
    Optional<Secret> secret,
    String secretOrigin,
    Duration mapTimeout) {

  /** How nodes find each other. */
  public enum Join {
    /** Not at all: a node alone. */
    NONE,
    /** From a list of addresses. */
    TCP_IP,
    /** From a name that stands for the addresses of all nodes. */
    DNS
  }

  private static final String SECRET = "cluster.secret";
  private static final int MIN_SECRET_LENGTH = 32;
  private static final Duration MAP_TIMEOUT = Duration.ofMillis(200);
  private static final Duration MIN_MAP_TIMEOUT = Duration.ofMillis(10);
  private static final Duration MAX_MAP_TIMEOUT = Duration.ofSeconds(5);

  public ClusterSettings {
    members = List.copyOf(members);
  }

  /** Reads and checks the settings. */
  public static ClusterSettings from(Settings settings) {
    ClusterSettings cluster =
        new ClusterSettings(
            settings.choice("cluster.join", Join.NONE),
            settings.text("cluster.name", "cambio"),
            settings.list("cluster.members", List.of()),
            settings.optional("cluster.dns-name"),
            settings.text("cluster.host", "127.0.0.1"),
            settings.port("cluster.port", 5701),
            settings.port("cluster.bus-port", 0),
            settings.optional(SECRET).map(Secret::of),
            settings.origin(SECRET).orElse("nowhere"),
            settings.millis(
                "cluster.map-timeout-ms", MAP_TIMEOUT, MIN_MAP_TIMEOUT, MAX_MAP_TIMEOUT));
    if (cluster.secret.filter(secret -> secret.length() < MIN_SECRET_LENGTH).isPresent()) {
      throw settings.badSecret(SECRET, "at least " + MIN_SECRET_LENGTH + " characters long");
    }
    if (cluster.join != Join.NONE) {
      cluster.requireJoinable(settings);
    }
    return cluster;
  }

  Membership membership() {
    return new Membership(name, nodes(), host, port, busPort, true);
  }

  private List<String> nodes() {
    return join == Join.DNS ? List.of(dnsName.orElseThrow() + ":" + port) : members;
  }

  private void requireJoinable(Settings settings) {
    if (join == Join.TCP_IP && members.isEmpty()) {
      throw settings.bad("cluster.members", "a list of host:port when cluster.join is tcp-ip");
    }
    if (join == Join.DNS && dnsName.isEmpty()) {
      throw settings.bad("cluster.dns-name", "the name of all nodes when cluster.join is dns");
    }
    if (join == Join.DNS && port == 0) {
      throw settings.bad("cluster.port", "the same port on every node when cluster.join is dns");
    }
    if (secret.isEmpty()) {
      throw settings.badSecret(
          SECRET, "the same random text on every node when cluster.join is not none");
    }
  }
}
