package dev.cambio.model.oauth;

/** Token type identifiers (RFC 8693 §3 and contract token-endpoint §1.5, §1.6). */
public final class TokenTypes {
  public static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  public static final String ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";

  public static final String SESSION_TRANSFER_TOKEN =
      "urn:auth0:params:oauth:token-type:session_transfer_token";

  private TokenTypes() {}
}
