package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cambio.gateway.audience.Confirmation;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.refresh.RefreshTerms;
import dev.cambio.gateway.user.User;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.ScopeSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a grant has decided to issue.
 *
 * @param issuer {@code iss} of the tokens
 * @param subject {@code sub} of the tokens
 * @param user the user that the tokens are for; absent where a client acts for itself
 * @param connection name of the one that the user came by
 * @param organization that the login was for, as tokens name it
 * @param ip that the request counts for
 * @param granted every scope granted, those of OpenID Connect included
 * @param permissions of the user, where the API enforces them
 * @param actor the {@code act} claim
 * @param issuedTokenType set for token exchange (RFC 8693 §2.2.1)
 * @param grantType the {@code gty} claim of access tokens in Auth0's own dialect
 * @param confirmation what the access token is bound to
 * @param accessTokenClaims custom claims as Actions set them, not yet filtered
 * @param idTokenClaims likewise
 * @param members further members of the answer, such as a new {@code recovery_code}
 * @param refresh what becomes of refresh tokens
 */
public record TokenGrant(
    String tenantId,
    String issuer,
    Client client,
    String subject,
    Optional<User> user,
    Optional<String> connection,
    Optional<OrganizationClaims> organization,
    String ip,
    Target target,
    ScopeSet requested,
    ScopeSet granted,
    Optional<Set<String>> permissions,
    Optional<Actor> actor,
    Optional<String> issuedTokenType,
    Optional<String> grantType,
    Optional<Confirmation> confirmation,
    Map<String, JsonNode> accessTokenClaims,
    Map<String, JsonNode> idTokenClaims,
    Map<String, String> members,
    RefreshTerms refresh) {

  /** The same with further members of the answer. */
  public TokenGrant with(Map<String, String> more) {
    return new TokenGrant(
        tenantId,
        issuer,
        client,
        subject,
        user,
        connection,
        organization,
        ip,
        target,
        requested,
        granted,
        permissions,
        actor,
        issuedTokenType,
        grantType,
        confirmation,
        accessTokenClaims,
        idTokenClaims,
        more,
        refresh);
  }
}
