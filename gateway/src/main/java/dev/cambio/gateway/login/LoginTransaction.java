package dev.cambio.gateway.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.user.Connection;
import dev.cambio.gateway.user.User;
import dev.cambio.model.oauth.Actor;
import dev.cambio.model.oauth.ScopeSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A login that is about to be completed: what post-login Actions are told.
 *
 * @param protocol {@code event.transaction.protocol}
 * @param request {@code event.request}
 * @param user as read for this login, its login counted
 * @param subjectTokenType in a token exchange
 * @param metadata {@code event.transaction.metadata} so far
 * @param multifactor whether the tenant's policy asks for a second factor in such a login
 * @param sensitive values that console output must not show
 */
public record LoginTransaction(
    Tenant tenant,
    Client client,
    String protocol,
    ObjectNode request,
    Target target,
    ScopeSet requested,
    User user,
    Connection connection,
    Optional<Organization> organization,
    Optional<String> subjectTokenType,
    Optional<String> actorTokenType,
    Optional<Actor> actor,
    Map<String, JsonNode> metadata,
    boolean multifactor,
    List<String> sensitive,
    OfflineAccess offlineAccess) {}
