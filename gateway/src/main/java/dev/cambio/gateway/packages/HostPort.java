package dev.cambio.gateway.packages;

import java.net.URI;
import java.util.Locale;

/**
 * Where a connection goes.
 *
 * @param host in lower case; an IPv6 address in brackets
 */
record HostPort(String host, int port) {
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  HostPort {
    host = host.toLowerCase(Locale.ROOT);
  }

  /** That of an http or https URI. */
  static HostPort of(URI uri) {
    int implied = "https".equals(uri.getScheme()) ? HTTPS : HTTP;
    return new HostPort(String.valueOf(uri.getHost()), uri.getPort() > 0 ? uri.getPort() : implied);
  }

  /** As settings write it. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
