package dev.cambio.gateway.http;

import dev.cambio.model.config.Settings;

/**
 * Settings of the HTTP listener.
 *
 * @param host interface to listen on
 * @param port 0 lets the system choose
 * @param behindTlsProxy whether clients speak HTTPS to a proxy in front; then issuers are https
 */
public record HttpSettings(String host, int port, boolean behindTlsProxy) {

  public static HttpSettings from(Settings settings) {
    return new HttpSettings(
        settings.text("http.host", "127.0.0.1"),
        settings.port("http.port", 8080),
        settings.flag("http.behind-tls-proxy", false));
  }

  /** The scheme that clients use. */
  String scheme() {
    return behindTlsProxy ? "https" : "http";
  }
}
