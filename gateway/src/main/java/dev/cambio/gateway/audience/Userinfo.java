package dev.cambio.gateway.audience;

import java.util.Optional;

/**
 * The userinfo endpoint and no API: what a token is for whose request names no audience (contract
 * token-endpoint §1.7).
 *
 * @param audience the URL of the endpoint
 */
public record Userinfo(String audience) implements Target {
  private static final int LIFETIME = 86_400;

  @Override
  public Optional<String> resourceServer() {
    return Optional.empty();
  }

  @Override
  public int tokenLifetime() {
    return LIFETIME;
  }

  @Override
  public boolean allowsOfflineAccess() {
    return true;
  }

  @Override
  public boolean takes(Confirmation.Method method) {
    return method == Confirmation.Method.DPOP;
  }

  @Override
  public boolean requiresProofOfPossession(boolean confidentialClient) {
    return false;
  }
}
