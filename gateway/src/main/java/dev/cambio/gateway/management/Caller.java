package dev.cambio.gateway.management;

import java.util.Set;

/**
 * Who calls.
 *
 * @param clientId the client that the bearer token was issued to
 * @param scopes of the token
 */
public record Caller(String clientId, Set<String> scopes) {}
