package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.user.Connection;
import dev.cambio.gateway.user.User;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.ScopeSet;
import java.util.Map;
import java.util.Optional;

/**
 * What a grant has decided to issue for a user.
 *
 * @param issuer {@code iss} of the tokens
 * @param connection the connection the user came by
 * @param granted every scope granted, those of OpenID Connect included
 * @param actor the {@code act} claim
 * @param issuedTokenType set for token exchange (RFC 8693 §2.2.1)
 * @param accessTokenClaims custom claims as Actions set them, not yet filtered
 * @param idTokenClaims likewise
 */
public record TokenGrant(
    String tenantId,
    String issuer,
    Client client,
    User user,
    Connection connection,
    ResourceServer api,
    ScopeSet requested,
    ScopeSet granted,
    Optional<Actor> actor,
    Optional<String> issuedTokenType,
    Map<String, JsonNode> accessTokenClaims,
    Map<String, JsonNode> idTokenClaims) {}
