package dev.cambio.gateway.inbound;

import java.util.Map;
import java.util.Optional;

/**
 * A request to the token endpoint.
 *
 * @param scheme {@code http} or {@code https}, as the client sees it
 * @param host the {@code Host} it was sent to, in lower case, with its port if one was given
 * @param ip the client's address: the peer's, or that which trusted proxies forwarded
 * @param peer the address that the connection came from: the client's, or a proxy's
 * @param headers by lower-case name; of a repeated header the first value
 * @param body as received
 */
public record InboundRequest(
    String scheme, String host, String ip, String peer, Map<String, String> headers, byte[] body) {
  /** Bytes that a body may have. */
  public static final int MAX_BODY = 256 * 1024;

  /** A request that came straight from its client. */
  public InboundRequest(
      String scheme, String host, String ip, Map<String, String> headers, byte[] body) {
    this(scheme, host, ip, ip, headers, body);
  }

  /** The issuer that this request speaks to: its origin with a trailing slash. */
  public String issuer() {
    return scheme + "://" + host + "/";
  }

  /** A header's value; empty if it was not sent. */
  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /** Names the request; headers and body may hold secrets and stay out. */
  @Override
  public String toString() {
    return "InboundRequest[" + host + " from " + ip + "]";
  }
}
