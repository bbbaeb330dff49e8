package dev.cambio.e2e;

import dev.cambio.e2e.TokenRequest.Answer;

/** Exchanges at the quickstart tenant, for tests elsewhere. */
public final class Exchanges {
  private Exchanges() {}

  /**
   * Exchanges a partner's token.
   *
   * @param subject the user's id in the connection {@code acme-idp}
   */
  public static Answer partner(String subject) {
    String token =
        PartnerTokens.signed(
            PartnerTokens.claims().put("sub", subject).put("email", subject + "@partner.example"),
            PartnerTokens.SECRET);
    return TokenRequest.quickstart("urn:acme:partner-token", token)
        .with("scope", "openid profile email read:orders")
        .with("audience", "https://api.acme.example/orders")
        .post();
  }
}
