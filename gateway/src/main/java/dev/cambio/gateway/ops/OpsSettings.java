package dev.cambio.gateway.ops;

import dev.cambio.model.config.Settings;

/**
 * Settings of the operations port.
 *
 * @param port 0 lets the system choose
 */
public record OpsSettings(String host, int port) {

  public static OpsSettings from(Settings settings) {
    return new OpsSettings(settings.text("ops.host", "127.0.0.1"), settings.port("ops.port", 9000));
  }
}
