package dev.cambio.gateway.login;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.refresh.RefreshTokenChanges;
import dev.cambio.gateway.user.User;
import java.util.Map;

/**
 * A completed login: what post-login Actions left for the tokens.
 *
 * @param user whom the tokens are for: the user of the transaction, or whom an Action named instead
 * @param scopes what {@code addScope} and {@code removeScope} did
 * @param multifactor whether a second factor must be proved before there are tokens
 * @param refreshToken what they asked for the refresh token
 */
public record Login(
    User user,
    ScopeChanges scopes,
    Map<String, JsonNode> accessTokenClaims,
    Map<String, JsonNode> idTokenClaims,
    boolean multifactor,
    RefreshTokenChanges refreshToken) {}
