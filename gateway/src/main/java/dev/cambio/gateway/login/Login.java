package dev.cambio.gateway.login;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.refresh.RefreshTokenChanges;
import dev.cambio.model.oauth.ScopeSet;
import java.util.Map;

/**
 * A completed login: what post-login Actions left for the tokens.
 *
 * @param granted the scopes after {@code addScope} and {@code removeScope}
 * @param refreshToken what they asked for the refresh token
 */
public record Login(
    ScopeSet granted,
    Map<String, JsonNode> accessTokenClaims,
    Map<String, JsonNode> idTokenClaims,
    RefreshTokenChanges refreshToken) {}
