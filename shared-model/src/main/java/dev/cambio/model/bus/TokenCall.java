package dev.cambio.model.bus;

import java.util.Map;

/**
 * A token request by an internal service: what it would post to {@code /oauth/token}.
 *
 * @param issuer of the tenant, with its trailing slash, e.g. {@code https://login.acme.example/}
 * @param ip address that the request counts for: that of whom the service acts for, or its own
 * @param headers by name, e.g. {@code Authorization}, {@code DPoP} or {@code User-Agent}
 * @param parameters each with one value
 */
public record TokenCall(
    String issuer, String ip, Map<String, String> headers, Map<String, String> parameters) {
  public TokenCall {
    headers = Map.copyOf(headers);
    parameters = Map.copyOf(parameters);
  }

  /** Names the issuer; headers and parameters may hold secrets and stay out. */
  @Override
  public String toString() {
    return "TokenCall[" + issuer + "]";
  }
}
