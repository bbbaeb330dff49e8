package dev.cambio.gateway.organization;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.error.OAuthException.NoMember;
import dev.cambio.gateway.error.OAuthException.RequestInvalid;
import dev.cambio.gateway.store.ConfigurationCaches;
import dev.cambio.gateway.store.ConfigurationCaches.Cached;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.gateway.tenant.Tenant;
import dev.cambio.gateway.user.Connection;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The organizations of every tenant, cached, and their members, never cached. */
public final class Organizations {
  private static final String ID_PREFIX = "org_";

  private final Database database;
  private final Cached<String, Organization> byIdOrName;

  public Organizations(Database database, ConfigurationCaches caches) {
    this.database = database;
    this.byIdOrName = caches.cache((tenantId, key) -> load(database, tenantId, key));
  }

  /**
   * The organization that a request or an Action names, if it names one.
   *
   * @throws RequestInvalid if there is none, the client may not use it, or names are not allowed
   */
  public Optional<Organization> resolve(Tenant tenant, Client client, Optional<String> idOrName) {
    if (idOrName.isPresent() && client.organizationUsage().equals("deny")) {
      throw new RequestInvalid("parameter organization is not allowed for this client");
    }
    return idOrName.map(given -> named(tenant, given));
  }

  /**
   * The organization of that id, or of that name where the tenant takes names.
   *
   * @throws RequestInvalid if there is none
   */
  public Organization named(Tenant tenant, String idOrName) {
    return Optional.of(idOrName)
        .filter(StorableText::is)
        .flatMap(text -> byIdOrName.get(tenant.id(), text))
        .filter(found -> idOrName.startsWith(ID_PREFIX) || tenant.allowsOrganizationNames())
        .orElseThrow(
            () -> RequestInvalid.naming("parameter organization is invalid: %s", idOrName));
  }

  /**
   * The organization of a login: what the request names and what the Action sets must be one.
   *
   * @throws RequestInvalid if they differ, or if the client requires one and there is none
   */
  public static Optional<Organization> agreed(
      Client client, Optional<Organization> requested, Optional<Organization> set) {
    if (requested.isPresent() && set.isPresent() && !requested.get().id().equals(set.get().id())) {
      throw new RequestInvalid("The organization differs from the parameter organization");
    }
    Optional<Organization> organization = requested.or(() -> set);
    if (organization.isEmpty() && client.organizationUsage().equals("require")) {
      throw new RequestInvalid("parameter organization is required for this client");
    }
    return organization;
  }

  /**
   * Sees to it that a user who logs in for an organization belongs to it.
   *
   * @param mayJoin whether the way the user was found lets the connection make a member
   * @return whether the user has become a member by this
   * @throws NoMember if the user does not belong, or came by a connection that is not enabled
   */
  public boolean requireMember(
      Tenant tenant,
      Organization organization,
      String userId,
      Connection connection,
      boolean mayJoin,
      OffsetDateTime now) {
    if (!organization.allows(connection.id())) {
      throw new NoMember(userId, organization.id());
    }
    if (isMember(tenant.id(), organization.id(), userId)) {
      return false;
    }
    if (!mayJoin || !organization.assignsMembership(connection.id())) {
      throw new NoMember(userId, organization.id());
    }
    int joined =
        database.execute(
            tenant.id(),
            """
            insert into organization_member (tenant_id, organization_id, user_id, created_at)
            select $1, o.id, u.user_id, $4
            from organization o join user_account u on u.tenant_id = o.tenant_id
            where o.tenant_id = $1 and o.id = $2 and u.user_id = $3
            for key share
            on conflict do nothing
            """,
            organization.id(),
            userId,
            now);
    // Nothing was added if another login was faster, or if user or organization are gone by now.
    if (joined == 0 && !isMember(tenant.id(), organization.id(), userId)) {
      throw new NoMember(userId, organization.id());
    }
    return joined > 0;
  }

  /**
   * The organization that a token of ours is for.
   *
   * @throws NoMember if the user does not belong to it any more, or it is gone
   */
  public Organization requireStillMember(Tenant tenant, String organizationId, String userId) {
    return byIdOrName
        .get(tenant.id(), organizationId)
        .filter(found -> isMember(tenant.id(), found.id(), userId))
        .orElseThrow(() -> new NoMember(userId, organizationId));
  }

  private boolean isMember(String tenantId, String organizationId, String userId) {
    return database
        .first(
            tenantId,
            "select 1 from organization_member"
                + " where tenant_id = $1 and organization_id = $2 and user_id = $3",
            row -> true,
            organizationId,
            userId)
        .isPresent();
  }

  /** Names never begin like ids, so one key cannot mean two organizations. */
  private static Optional<Organization> load(Database database, String tenantId, String key) {
    String column = key.startsWith(ID_PREFIX) ? "id" : "name";
    return database.first(
        tenantId,
        "select id, name, payload::text from organization where tenant_id = $1 and "
            + column
            + " = $2",
        row -> {
          String id = row.getString("id");
          return new Organization(
              id,
              row.getString("name"),
              Payload.object(row, "payload"),
              connections(database, tenantId, id));
        },
        key);
  }

  private static Map<String, Boolean> connections(
      Database database, String tenantId, String organizationId) {
    Map<String, Boolean> connections = new HashMap<>();
    for (Row row :
        database
            .send(
                tenantId,
                "select connection_id, payload::text from organization_connection"
                    + " where tenant_id = $1 and organization_id = $2",
                organizationId)
            .await()) {
      ObjectNode payload = Payload.object(row, "payload");
      if (payload.path("is_enabled").asBoolean(true)) {
        connections.put(
            row.getString("connection_id"),
            payload.path("assign_membership_on_login").asBoolean(false));
      }
    }
    return Map.copyOf(connections);
  }
}
