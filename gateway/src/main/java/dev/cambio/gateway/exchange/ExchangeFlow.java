package dev.cambio.gateway.exchange;

import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.model.oauth.TokenTypes;
import java.util.Set;

/**
 * Who owns a request of the token-exchange grant. What the subject token is said to be decides,
 * never what is in it (contract token-endpoint §11.7).
 */
enum ExchangeFlow {
  /** Custom Token Exchange: a profile's Action decides. Also whatever no other flow claims. */
  CUSTOM("secte", "fecte", "Successful Custom Token Exchange"),

  /** An API calls another one on behalf of the user who called it (contract §11.8). */
  ON_BEHALF_OF(
      "success_on_behalf_of_token_exchange",
      "failed_on_behalf_of_token_exchange",
      "Successful On-Behalf-Of Token Exchange"),

  /** Tokens of social identity providers' own SDKs; none can be configured here. */
  NATIVE_SOCIAL("sens", "fens", "Successful Native Social Exchange");

  private static final Set<String> NATIVE_SOCIAL_TYPES =
      Set.of(
          "http://auth0.com/oauth/token-type/apple-authz-code",
          "http://auth0.com/oauth/token-type/facebook-info-session-access-token",
          "http://auth0.com/oauth/token-type/google-id-token");

  private final String successType;
  private final String failureType;
  private final String successText;

  ExchangeFlow(String successType, String failureType, String successText) {
    this.successType = successType;
    this.failureType = failureType;
    this.successText = successText;
  }

  static ExchangeFlow of(Parameters parameters) {
    String subject = parameters.find("subject_token_type").orElse("");
    String requested = parameters.find("requested_token_type").orElse("");
    if (subject.equals(TokenTypes.ACCESS_TOKEN) && requested.equals(TokenTypes.ACCESS_TOKEN)) {
      return ON_BEHALF_OF;
    }
    return NATIVE_SOCIAL_TYPES.contains(subject) ? NATIVE_SOCIAL : CUSTOM;
  }

  /** Type of the log entry of an exchange that is answered with tokens. */
  String successType() {
    return successType;
  }

  /** Type of the log entry of one that is refused. */
  String failureType() {
    return failureType;
  }

  String successText() {
    return successText;
  }
}
