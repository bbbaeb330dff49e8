package dev.cambio.runtime.host;

import dev.cambio.model.config.Settings;
import dev.cambio.model.net.EgressPolicy;
import dev.cambio.model.net.TrustedAuthorities;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;

/**
 * What {@code fetch} may do.
 *
 * @param policy where it may connect to
 * @param limits how much
 * @param trust who may vouch for servers; empty for the authorities of the system alone
 */
public record EgressSettings(
    EgressPolicy policy, EgressLimits limits, Optional<TrustOptions> trust) {

  /**
   * Reads the keys {@code actions.egress-*}.
   *
   * @throws dev.cambio.model.config.SettingsException naming the first bad key
   */
  public static EgressSettings read(Settings settings) {
    return new EgressSettings(
        EgressPolicy.read(settings, "actions.egress-allow"),
        EgressLimits.read(settings),
        trust(settings));
  }

  private static Optional<TrustOptions> trust(Settings settings) {
    String key = "actions.egress-ca-file";
    Optional<String> file = settings.optional(key);
    try {
      return file.isEmpty()
          ? Optional.empty()
          : Optional.of(TrustOptions.wrap(TrustedAuthorities.withSystem(Path.of(file.get()))));
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw settings.bad(key, "a file of certificates in PEM");
    }
  }
}
