package dev.cambio.gateway.exchange;

import dev.cambio.gateway.audience.SessionTransfer;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.audience.Userinfo;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.model.exchange.SubjectTokenType;
import dev.cambio.model.oauth.ScopeSet;
import dev.cambio.model.oauth.TokenTypes;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of a Custom Token Exchange (RFC 8693 §2.1, contract token-endpoint §1.1, §4.1).
 *
 * @param scope the requested scopes
 * @param requestedTokenType never empty
 */
record TokenExchangeRequest(
    String subjectToken,
    String subjectTokenType,
    Optional<ActorToken> actorToken,
    Optional<String> audience,
    Optional<String> resource,
    ScopeSet scope,
    Optional<String> organization,
    String requestedTokenType) {

  static final String WRONG_COMBINATION =
      "Invalid subject_token_type and requested_token_type combination.";

  private static final Set<String> REQUESTED_TOKEN_TYPES =
      Set.of(TokenTypes.ACCESS_TOKEN, TokenTypes.SESSION_TRANSFER_TOKEN);

  /** A token that shows who acts for the subject, and its type. */
  record ActorToken(String value, String type) {
    boolean isIdToken() {
      return type.equals(TokenTypes.ID_TOKEN);
    }

    @Override
    public String toString() {
      return "ActorToken[" + type + "]";
    }
  }

  /**
   * Refuses requests that belong to another flow on the same grant type, or to none (contract
   * §11.7): those of a reserved type, and those that ask for a token this flow does not issue.
   */
  static void requireCustomFlow(Parameters parameters) {
    boolean reserved =
        parameters.find("subject_token_type").map(SubjectTokenType::isReserved).orElse(false);
    boolean issued =
        parameters.find("requested_token_type").map(REQUESTED_TOKEN_TYPES::contains).orElse(true);
    if (reserved || !issued) {
      throw new RequestInvalid(WRONG_COMBINATION);
    }
  }

  /** Reads the parameters; each rule of the contract's step 7 is checked here. */
  static TokenExchangeRequest from(Parameters parameters) {
    return new TokenExchangeRequest(
        parameters.require("subject_token"),
        parameters.require("subject_token_type"),
        actorToken(parameters),
        parameters.find("audience"),
        parameters.find("resource"),
        scope(parameters),
        parameters.find("organization"),
        parameters.find("requested_token_type").orElse(TokenTypes.ACCESS_TOKEN));
  }

  /** Refuses where the target and the rest of the request do not fit (contract §1.6, §1.7). */
  void requireFitting(Target target) {
    boolean transfer = target instanceof SessionTransfer;
    if (requestedTokenType.equals(TokenTypes.SESSION_TRANSFER_TOKEN) && !transfer) {
      throw new RequestInvalid(WRONG_COMBINATION);
    }
    if (target instanceof Userinfo && !scope.contains("openid")) {
      throw new RequestInvalid("Either an audience or the scope openid is required");
    }
  }

  private static Optional<ActorToken> actorToken(Parameters parameters) {
    Optional<String> value = parameters.find("actor_token").filter(text -> !text.isBlank());
    Optional<String> type = parameters.find("actor_token_type").filter(text -> !text.isBlank());
    if (value.isPresent() != type.isPresent()) {
      throw new RequestInvalid("actor_token and actor_token_type must be provided together");
    }
    if (type.isPresent()
        && !type.get().equals(TokenTypes.ID_TOKEN)
        && SubjectTokenType.isReserved(type.get())) {
      throw new RequestInvalid("actor_token_type uses a reserved namespace");
    }
    return value.map(token -> new ActorToken(token, type.orElseThrow()));
  }

  static ScopeSet scope(Parameters parameters) {
    try {
      return parameters.find("scope").map(ScopeSet::parse).orElse(ScopeSet.EMPTY);
    } catch (IllegalArgumentException e) {
      throw new RequestInvalid(String.valueOf(e.getMessage()));
    }
  }

  /** Tokens stay out. */
  @Override
  public String toString() {
    return "TokenExchangeRequest[" + subjectTokenType + "]";
  }
}
