package dev.cambio.gateway.exchange;

import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.throttle.RateLimits.Kind;
import dev.cambio.gateway.token.GrantHandler;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.model.oauth.GrantTypes;
import java.util.Optional;

/**
 * The token-exchange grant: tells the flows apart that share it (contract §11), and hands the
 * request on.
 */
public final class TokenExchangeGrant implements GrantHandler {
  private static final String PROTOCOL = "oauth2-token-exchange";

  private final CustomTokenExchange custom;
  private final OnBehalfOfExchange onBehalfOf;

  public TokenExchangeGrant(CustomTokenExchange custom, OnBehalfOfExchange onBehalfOf) {
    this.custom = custom;
    this.onBehalfOf = onBehalfOf;
  }

  @Override
  public String type() {
    return GrantTypes.TOKEN_EXCHANGE;
  }

  @Override
  public GrantRecord record(TokenRequest request) {
    return new ExchangeRecord(request);
  }

  @Override
  public Optional<Kind> limit(TokenRequest request) {
    return Optional.of(
        switch (ExchangeFlow.of(request.parameters())) {
          case CUSTOM, NATIVE_SOCIAL -> Kind.EXCHANGES;
          case ON_BEHALF_OF -> Kind.ON_BEHALF_OF;
        });
  }

  @Override
  public TokenGrant authorize(Client client, TokenRequest request, GrantRecord record) {
    ExchangeRecord exchange = (ExchangeRecord) record;
    return switch (ExchangeFlow.of(request.parameters())) {
      case CUSTOM -> custom.authorize(PROTOCOL, client, request, exchange);
      case ON_BEHALF_OF -> onBehalfOf.authorize(PROTOCOL, client, request, exchange);
      case NATIVE_SOCIAL ->
          throw new RequestInvalid(
              TokenExchangeRequest.WRONG_COMBINATION, "Native Social exchange is not configured");
    };
  }
}
