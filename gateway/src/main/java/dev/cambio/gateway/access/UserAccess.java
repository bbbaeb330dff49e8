package dev.cambio.gateway.access;

import dev.cambio.gateway.audience.ResourceServer;
import dev.cambio.gateway.audience.Target;
import dev.cambio.gateway.store.Database;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The roles and permissions of users. In the name of an organization those roles count that the
 * user holds there, else those of the tenant; direct permissions always do. Never cached: what is
 * taken away is gone at once.
 */
public final class UserAccess {
  /** The roles that count: of organization $3, or of the tenant where that is null. */
  private static final String HELD =
      """
      with held as (
        select tenant_id, role_id from user_role
        where tenant_id = $1 and user_id = $2 and $3::text is null
        union all
        select tenant_id, role_id from organization_member_role
        where tenant_id = $1 and user_id = $2 and organization_id = $3
      )
      """;

  private static final String ROLES =
      HELD
          + """
          select r.id, r.name from held h join role r on r.tenant_id = h.tenant_id and r.id = h.role_id
          order by r.name
          """;

  private static final String PERMISSIONS =
      HELD
          + """
          select p.permission_name from (
            select q.tenant_id, q.resource_server_id, q.permission_name
            from held h join role_permission q
              on q.tenant_id = h.tenant_id and q.role_id = h.role_id
            union
            select tenant_id, resource_server_id, permission_name from user_permission
            where tenant_id = $1 and user_id = $2) p
          join resource_server s on s.tenant_id = p.tenant_id and s.id = p.resource_server_id
          where s.tenant_id = $1 and s.identifier = $4
          order by p.permission_name
          """;

  private final Database database;

  public UserAccess(Database database) {
    this.database = database;
  }

  /** The user's roles, by name. */
  public List<Role> roles(String tenantId, String userId, Optional<String> organizationId) {
    return database.list(
        tenantId,
        ROLES,
        row -> new Role(row.getString("id"), row.getString("name")),
        userId,
        organizationId.orElse(null));
  }

  /** What the user may do with what a token is for, where that is an API that enforces it. */
  public Optional<Set<String>> enforced(
      String tenantId, String userId, Optional<String> organizationId, Target target) {
    return target instanceof ResourceServer api && api.enforcesPolicies()
        ? Optional.of(permissions(tenantId, userId, organizationId, api))
        : Optional.empty();
  }

  /** What the user may do with the API: of its scopes, those that are permitted. */
  public Set<String> permissions(
      String tenantId, String userId, Optional<String> organizationId, ResourceServer api) {
    Set<String> permissions =
        new LinkedHashSet<>(
            database.list(
                tenantId,
                PERMISSIONS,
                row -> row.getString(0),
                userId,
                organizationId.orElse(null),
                api.identifier()));
    permissions.retainAll(api.scopes());
    return permissions;
  }
}
