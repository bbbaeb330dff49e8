package dev.cambio.gateway.config;

import dev.cambio.model.config.Settings;
import dev.cambio.model.config.SettingsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of a node as a whole.
 *
 * @param quickstart the sample installation: loopback only, own database, sample secrets
 * @param roles never empty
 * @param masterKey 32 bytes that seal secrets at rest; absent in quickstart, which then makes and
 *     keeps one, and on nodes without the gateway role, which have no database
 * @param masterKeyOrigin where it was set, for messages
 * @param dataDirectory where quickstart keeps its data
 * @param behindTlsProxy whether something in front of plain HTTP ends TLS
 */
public record NodeSettings(
    boolean quickstart,
    Set<Role> roles,
    Optional<Secret> masterKey,
    Optional<String> masterKeyOrigin,
    Path dataDirectory,
    boolean behindTlsProxy) {
  private static final int MASTER_KEY_BYTES = 32;

  public NodeSettings {
    roles = Set.copyOf(roles);
  }

  /**
   * Reads and checks the settings.
   *
   * @throws SettingsException also when a rule for installations outside quickstart is broken
   */
  public static NodeSettings from(Settings settings) {
    NodeSettings node =
        new NodeSettings(
            settings.flag("quickstart", false),
            roles(settings),
            masterKey(settings),
            settings.origin("master-key"),
            settings.path("data-dir", Path.of("data", "quickstart")),
            settings.flag("http.behind-tls-proxy", false));
    if (!node.quickstart) {
      node.requireProductionSettings(settings);
    }
    return node;
  }

  public boolean has(Role role) {
    return roles.contains(role);
  }

  private void requireProductionSettings(Settings settings) {
    if (has(Role.GATEWAY) && masterKey.isEmpty()) {
      throw settings.badSecret(
          "master-key", "32 random bytes in base64 (make one with: openssl rand -base64 32)");
    }
    if (has(Role.GATEWAY) && !behindTlsProxy && settings.optional("https.port").isEmpty()) {
      throw settings.bad(
          "https.port",
          "a port, since tokens must not travel over plain HTTP; or put a TLS proxy in front and"
              + " say so with http.behind-tls-proxy");
    }
  }

  private static Set<Role> roles(Settings settings) {
    List<String> names = settings.list("roles", List.of("gateway", "actions"));
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : names) {
      roles.add(
          Arrays.stream(Role.values())
              .filter(role -> role.name().toLowerCase(Locale.ROOT).equals(name))
              .findFirst()
              .orElseThrow(() -> settings.bad("roles", "a list of gateway, actions")));
    }
    if (roles.isEmpty()) {
      throw settings.bad("roles", "a list of gateway, actions");
    }
    return roles;
  }

  private static Optional<Secret> masterKey(Settings settings) {
    return settings
        .optional("master-key")
        .map(
            text -> {
              try {
                byte[] key = Base64.getDecoder().decode(text);
                if (key.length == MASTER_KEY_BYTES) {
                  return Secret.of(key);
                }
              } catch (IllegalArgumentException e) {
                // Falls through to the one complaint about its form.
              }
              throw settings.badSecret("master-key", "32 bytes in base64 (44 characters)");
            });
  }
}
