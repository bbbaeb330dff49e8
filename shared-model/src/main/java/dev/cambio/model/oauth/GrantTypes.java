package dev.cambio.model.oauth;

/** Grant type identifiers (RFC 6749, RFC 8693 §2.1). */
public final class GrantTypes {
  public static final String CLIENT_CREDENTIALS = "client_credentials";
  public static final String REFRESH_TOKEN = "refresh_token";
  public static final String TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

  private GrantTypes() {}
}
