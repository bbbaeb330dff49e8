package dev.cambio.gateway.audience;

/**
 * What a token is bound to: the {@code cnf} claim (RFC 7800).
 *
 * @param method name of its one member
 * @param thumbprint in base64url
 */
public record Confirmation(Method method, String thumbprint) {

  /** How the holder of a token proves it. */
  public enum Method {
    /** By a proof of its key (RFC 9449 §6.1). */
    DPOP("jkt"),
    /** By the TLS connection (RFC 8705 §3.1). */
    MTLS("x5t#S256");

    private final String member;

    Method(String member) {
      this.member = member;
    }
  }

  /** The member's name. */
  public String member() {
    return method.member;
  }

  /** The {@code token_type} of such tokens. */
  public String tokenType() {
    return method == Method.DPOP ? "DPoP" : "Bearer";
  }
}
