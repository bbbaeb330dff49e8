package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.oauth.ScopeSet;
import java.util.Map;
import java.util.Optional;

/**
 * A successful answer of the token endpoint (RFC 6749 §5.1, RFC 8693 §2.2.1, contract §1.5).
 *
 * @param accessTokenId {@code jti} of the access token, where its dialect has one; for the log
 * @param expiresIn seconds
 * @param scope present where the granted scopes must be told
 * @param members further ones of the body
 * @param headers of the answer
 */
public record TokenResponse(
    String accessToken,
    Optional<String> accessTokenId,
    Optional<String> issuedTokenType,
    String tokenType,
    long expiresIn,
    Optional<String> idToken,
    Optional<String> refreshToken,
    Optional<ScopeSet> scope,
    Map<String, String> members,
    Map<String, String> headers) {

  /** The same with those response headers. */
  TokenResponse with(Map<String, String> others) {
    return new TokenResponse(
        accessToken,
        accessTokenId,
        issuedTokenType,
        tokenType,
        expiresIn,
        idToken,
        refreshToken,
        scope,
        members,
        others);
  }

  /** The response body. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("access_token", accessToken);
    issuedTokenType.ifPresent(type -> json.put("issued_token_type", type));
    json.put("token_type", tokenType).put("expires_in", expiresIn);
    idToken.ifPresent(token -> json.put("id_token", token));
    refreshToken.ifPresent(token -> json.put("refresh_token", token));
    scope.ifPresent(granted -> json.put("scope", granted.toString()));
    members.forEach(json::put);
    return json;
  }

  /** Tokens stay out. */
  @Override
  public String toString() {
    return "TokenResponse[" + tokenType + "]";
  }
}
