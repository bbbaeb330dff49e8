package dev.cambio.gateway.introspection;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientRequests;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.inbound.Parameters;
import dev.cambio.gateway.refresh.RefreshPolicy;
import dev.cambio.gateway.refresh.RefreshToken;
import dev.cambio.gateway.refresh.RefreshTokens;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.tenant.Tenants;
import dev.cambio.gateway.user.Users;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells whether a token is still good, and what it says (RFC 7662): to the client it was issued to,
 * and of an access token to the client that stands for its API. Anybody else learns as little as of
 * a token that is none.
 */
public final class IntrospectionEndpoint {
  private final Tenants tenants;
  private final ClientRequests clients;
  private final AccessTokens accessTokens;
  private final RefreshTokens refreshTokens;
  private final Users users;
  private final Clock clock;

  public IntrospectionEndpoint(
      Tenants tenants,
      ClientRequests clients,
      AccessTokens accessTokens,
      RefreshTokens refreshTokens,
      Users users,
      Clock clock) {
    this.tenants = tenants;
    this.clients = clients;
    this.accessTokens = accessTokens;
    this.refreshTokens = refreshTokens;
    this.users = users;
    this.clock = clock;
  }

  /** The answer; refuses a client that does not authenticate. Waits: for virtual threads. */
  public ObjectNode handle(InboundRequest inbound) {
    Tenant tenant = tenants.require(inbound.host());
    Parameters parameters = Parameters.parse(inbound);
    Client client = clients.authenticate(tenant, inbound, parameters);
    String token = parameters.require("token");
    // A public client sends its id alone, which anybody can.
    Optional<ObjectNode> found =
        client.isConfidential()
            ? ofRefreshToken(tenant, inbound.issuer(), client, token)
                .or(() -> ofAccessToken(tenant, client, token))
            : Optional.empty();
    return found.orElseGet(() -> JsonNodeFactory.instance.objectNode().put("active", false));
  }

  private Optional<ObjectNode> ofRefreshToken(
      Tenant tenant, String issuer, Client client, String token) {
    Instant now = clock.instant();
    return refreshTokens
        .find(tenant.id(), token)
        .filter(found -> found.clientId().equals(client.clientId()))
        .filter(found -> found.isAlive(now))
        .filter(
            found ->
                RefreshPolicy.of(client)
                    .map(policy -> !found.isSpent(policy.leeway(), now))
                    .orElse(false))
        .filter(found -> isUsable(tenant, found.userId()))
        .map(found -> describe(found, issuer));
  }

  private static ObjectNode describe(RefreshToken token, String issuer) {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("active", true)
            .put("iss", issuer)
            .put("sub", token.userId())
            .put("aud", token.audience().orElse(issuer + "userinfo"))
            .put("client_id", token.clientId())
            .put("scope", token.scope().toString())
            .put("iat", token.createdAt().getEpochSecond());
    Stream.of(token.expiresAt(), token.idleExpiresAt())
        .flatMap(Optional::stream)
        .min(Instant::compareTo)
        .ifPresent(end -> answer.put("exp", end.getEpochSecond()));
    return answer;
  }

  private Optional<ObjectNode> ofAccessToken(Tenant tenant, Client client, String token) {
    return accessTokens
        .find(tenant, token)
        .filter(found -> found.isOwnedBy(client))
        .filter(found -> found.isOfClient() || isUsable(tenant, found.subject()))
        .map(AccessTokens.Found::describe);
  }

  private boolean isUsable(Tenant tenant, String userId) {
    return users.find(tenant.id(), userId).filter(user -> !user.blocked()).isPresent();
  }
}
