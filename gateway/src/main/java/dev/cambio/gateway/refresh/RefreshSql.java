package dev.cambio.gateway.refresh;

/** The statements of {@link RefreshTokens}. What they decide, they decide alone. */
final class RefreshSql {
  /** Active families of one user and client (contract token-endpoint §7.7). */
  private static final int MOST = 200;

  private RefreshSql() {}

  static final String FIND =
      """
      select f.id, t.counter as presented, f.counter, f.rotated_at, f.rotating, f.client_id,
             f.user_id, f.audience, f.scope, k.name as connection, f.connection_id,
             f.organization_id, f.proof_key, f.metadata::text, f.device::text, f.created_at,
             f.last_exchanged_at, f.expires_at, f.idle_expires_at, f.revoked_at
      from refresh_token t
      join refresh_family f on f.tenant_id = t.tenant_id and f.id = t.family_id
      join connection k on k.tenant_id = f.tenant_id and k.id = f.connection_id
      where t.tenant_id = $1 and t.token_hash = $2
      """;

  static final String LOCK_USER =
      "select 1 from user_account where tenant_id = $1 and user_id = $2 for no key update";

  /** Each new family takes some that ended a day ago with it, so that no job has to. */
  static final String INSERT =
      """
      with ended as (
        delete from refresh_family where tenant_id = $1 and id = any (array(
          select id from refresh_family
          where tenant_id = $1 and ends_at < $14::timestamptz - interval '1 day'
          order by ends_at limit 10 for update skip locked))
      ), born as (
        insert into refresh_family
          (tenant_id, id, client_id, user_id, connection_id, organization_id, resource_server_id,
           audience, scope, proof_key, rotating, metadata, device, created_at, expires_at,
           idle_expires_at)
        select $1, $2, c.client_id, u.user_id, k.id, $6, r.id,
               $8, $9, $10, $11, $12::text::jsonb, $13::text::jsonb, $14::timestamptz, $15, $16
        from client c
        join user_account u on u.tenant_id = c.tenant_id
        join connection k on k.tenant_id = c.tenant_id
        left join resource_server r on r.tenant_id = c.tenant_id and r.identifier = $7::text
        where c.tenant_id = $1 and c.client_id = $3 and u.user_id = $4 and k.name = $5
          and ($7::text is null or r.id is not null)
        for key share of c, u, k
        returning id
      )
      insert into refresh_token (tenant_id, token_hash, family_id, counter)
      select $1, $17, id, 0 from born
      """;

  static final String REVOKE_OVERFLOW =
      """
      update refresh_family set revoked_at = $4
      where tenant_id = $1 and id = any (array(
        select id from refresh_family
        where tenant_id = $1 and client_id = $2 and user_id = $3
          and revoked_at is null and ends_at > $4
        order by seq desc offset %d))
      """
          .formatted(MOST);

  /** Whether the token with counter $3 is the family's newest, or was it until just now ($5 s). */
  private static final String CURRENT =
      """
      (counter = $3 or (counter = $3 + 1 and $5::int > 0
                        and rotated_at + make_interval(secs => $5::int) > $4))
      """;

  private static final String ALIVE = "revoked_at is null and ends_at > $4";

  /** An end that was set once is never put off. */
  private static final String RENEWAL =
      """
      last_exchanged_at = $4, expires_at = least(expires_at, $5), idle_expires_at = $6, metadata = $7::text::jsonb,
      device = $8::text::jsonb
      """;

  static final String TOUCH =
      "update refresh_family set "
          + RENEWAL
          + "where tenant_id = $1 and id = $2 and counter = $3 and not rotating and "
          + ALIVE;

  static final String ROTATE =
      "with rotated as (update refresh_family set counter = $3 + 1,"
          + " rotated_at = case when counter = $3 then $4 else rotated_at end, "
          + RENEWAL
          + "where tenant_id = $1 and id = $2 and rotating and "
          + ALIVE
          + " and "
          + CURRENT.replace("$5", "$9")
          + "returning id, counter)"
          + " insert into refresh_token (tenant_id, token_hash, family_id, counter)"
          + " select $1, $10, id, counter from rotated";

  /** Ends a family for the sake of its successor, and says by which identifier its API is known. */
  static final String RETIRE =
      "update refresh_family set revoked_at = $4 where tenant_id = $1 and id = $2 and "
          + ALIVE
          + " and "
          + CURRENT
          + """
          returning (select identifier from resource_server r
                     where r.tenant_id = refresh_family.tenant_id and r.id = resource_server_id)
                    as identifier
          """;

  private static final String SAME_GRANT =
      """
      from refresh_family p
      where p.tenant_id = $1 and p.id = $2 and f.tenant_id = p.tenant_id
        and f.client_id = p.client_id and f.user_id = p.user_id
        and f.resource_server_id is not distinct from p.resource_server_id
        and f.revoked_at is null
      """;

  static final String RETIRE_NON_ROTATING =
      "update refresh_family f set revoked_at = $3 " + SAME_GRANT + "and not f.rotating";

  static final String REVOKE_GRANT = "update refresh_family f set revoked_at = $3 " + SAME_GRANT;

  static final String REVOKE =
      """
      update refresh_family set revoked_at = $3
      where tenant_id = $1 and id = $2 and revoked_at is null
      """;

  static final String REVOKE_REUSED =
      "update refresh_family set revoked_at = coalesce(revoked_at, $4)"
          + " where tenant_id = $1 and id = $2 and counter > $3 and not "
          + CURRENT
          + "returning counter";
}
