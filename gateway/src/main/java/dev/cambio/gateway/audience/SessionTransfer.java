package dev.cambio.gateway.audience;

/**
 * A web login in another application of the tenant, begun with the token (contract token-endpoint
 * §4.6).
 *
 * @param audience {@code urn:HOST:session_transfer}
 */
public record SessionTransfer(String audience) implements Target {
  private static final int LIFETIME = 60;

  @Override
  public int tokenLifetime() {
    return LIFETIME;
  }

  @Override
  public boolean allowsOfflineAccess() {
    return false;
  }

  /** It is handed over in a URL, where no proof can go with it. */
  @Override
  public boolean takes(Confirmation.Method method) {
    return false;
  }

  @Override
  public boolean requiresProofOfPossession(boolean confidentialClient) {
    return false;
  }
}
