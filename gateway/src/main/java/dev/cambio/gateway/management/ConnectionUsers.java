package dev.cambio.gateway.management;

import dev.cambio.gateway.store.TenantQueries;

/**
 * The users of a connection that is deleted. None may be left: a later connection of the same name
 * would take them over.
 */
final class ConnectionUsers {
  private ConnectionUsers() {}

  /**
   * Deletes the users whose main identity is in the connection, and the identities there that are
   * linked to others. What was linked to the deleted from elsewhere becomes a user of its own.
   */
  static void delete(Call call, String connection) {
    TenantQueries rows = call.rows();
    rows.list(
        """
        select 1 from user_account u
        where u.tenant_id = $1 and u.user_id in
          (select i.user_id from user_identity i where i.tenant_id = $1 and i.connection = $2)
        order by u.user_id for update
        """,
        row -> true,
        connection);
    rows.execute(
        """
        with freed as (
          select distinct on (own) l.connection, l.identity_user_id, l.user_id as former,
                 l.payload ->> 'provider' || '|' || l.identity_user_id as own,
                 coalesce(l.payload -> 'profileData', '{}') as profile
          from user_identity l
          join user_identity m
            on m.tenant_id = l.tenant_id and m.user_id = l.user_id and m.position = 0
          where l.tenant_id = $1 and l.position > 0 and l.connection <> $2 and m.connection = $2
        ), made as (
          insert into user_account (tenant_id, user_id, profile, created_at, updated_at)
          select $1, own, profile, $3, $3 from freed
          on conflict do nothing returning user_id
        ), moved as (
          update user_identity i
          set user_id = f.own, position = 0, payload = i.payload - 'profileData'
          from freed f join made on made.user_id = f.own
          where i.tenant_id = $1 and i.connection = f.connection
            and i.identity_user_id = f.identity_user_id
          returning i.connection, f.former, f.own
        )
        update user_identifier k set user_id = moved.own
        from moved
        where k.tenant_id = $1 and k.user_id = moved.former and k.connection = moved.connection
        """,
        connection,
        call.now());
    rows.execute(
        """
        delete from user_account u
        where u.tenant_id = $1 and u.user_id in
          (select i.user_id from user_identity i
           where i.tenant_id = $1 and i.connection = $2 and i.position = 0)
        """,
        connection);
    rows.execute("delete from user_identity where tenant_id = $1 and connection = $2", connection);
    rows.execute(
        "delete from user_identifier where tenant_id = $1 and connection = $2", connection);
  }
}
