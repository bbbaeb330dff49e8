package dev.cambio.model.oauth;

/** Grant type identifiers (RFC 6749, RFC 8693 §2.1). */
public final class GrantTypes {
  public static final String CLIENT_CREDENTIALS = "client_credentials";
  public static final String REFRESH_TOKEN = "refresh_token";
  public static final String TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

  /** A one-time password as second factor. */
  public static final String MFA_OTP = "http://auth0.com/oauth/grant-type/mfa-otp";

  /** An answer on another channel as second factor. */
  public static final String MFA_OOB = "http://auth0.com/oauth/grant-type/mfa-oob";

  /** A recovery code in place of a second factor. */
  public static final String MFA_RECOVERY_CODE =
      "http://auth0.com/oauth/grant-type/mfa-recovery-code";

  private GrantTypes() {}
}
