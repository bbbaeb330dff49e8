package dev.cambio.gateway.user;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Database;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.store.Queries;
import dev.cambio.gateway.store.StorableText;
import dev.cambio.model.bus.Json;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The users of every tenant. Never cached: a block must hold at once. */
public final class Users {
  private static final String UNIQUE_VIOLATION = "23505";

  private static final String COLUMNS =
      """
      u.user_id, u.profile::text, u.user_metadata::text, u.app_metadata::text, u.blocked,
      u.logins_count, u.created_at, u.updated_at,
      (select jsonb_agg(i.payload order by i.position) from user_identity i
       where i.tenant_id = u.tenant_id and i.user_id = u.user_id)::text as identities,
      array(select distinct f.factor from mfa_authenticator f
       where f.tenant_id = u.tenant_id and f.user_id = u.user_id and f.active
       order by f.factor) as factors
      """;

  private static final String BY_ID =
      "select " + COLUMNS + " from user_account u where u.tenant_id = $1 and u.user_id = $2";

  private static final String BY_IDENTITY =
      "select "
          + COLUMNS
          + """
          from user_identity k
          join user_account u on u.tenant_id = k.tenant_id and u.user_id = k.user_id
          where k.tenant_id = $1 and k.connection = $2 and k.identity_user_id = any($3)
          """;

  private static final String LOST =
      """
      select s.sub from unnest($2::text[]) as s (sub)
      left join user_account u on u.tenant_id = $1 and u.user_id = s.sub
      where u.blocked
        or (u.user_id is null and position('|' in s.sub) > 0 and exists (
          select 1 from connection c
          where c.tenant_id = $1 and c.strategy = split_part(s.sub, '|', 1)))
      limit 1
      """;

  private static final String RECORD_LOGIN =
      """
      update user_account u set logins_count = logins_count + 1, last_login = $3, last_ip = $4
      where u.tenant_id = $1 and u.user_id = $2 and not u.blocked
      returning
      """
          + COLUMNS;

  /** jsonb || merges at the first level; members that were set to null are then taken out. */
  private static final String MERGE_METADATA =
      """
      update user_account u
      set app_metadata = (u.app_metadata || $3::text::jsonb) - $4::text[],
          user_metadata = (u.user_metadata || $5::text::jsonb) - $6::text[],
          updated_at = $7
      where u.tenant_id = $1 and u.user_id = $2
      """;

  private final Database database;

  public Users(Database database) {
    this.database = database;
  }

  public Optional<User> find(String tenantId, String userId) {
    return database.first(tenantId, BY_ID, Users::user, userId);
  }

  /** The user that owns the identity, primary or linked. */
  public Optional<User> findByIdentity(
      String tenantId, Connection connection, String identityUserId) {
    IdentityKey key = IdentityKey.of(connection, identityUserId);
    return database.first(tenantId, BY_IDENTITY, Users::user, key.connection(), key.parameter());
  }

  /**
   * Creates a user with one identity, unless that identity exists by now.
   *
   * @return false if somebody else has created it meanwhile
   * @throws ConnectionGone if the connection has been deleted meanwhile
   * @throws IdentifierTaken if another user of the connection has the email, username or phone
   */
  boolean create(String tenantId, NewUser user) {
    try {
      return database.transaction(queries -> insert(queries, tenantId, user));
    } catch (PgException e) {
      if (UNIQUE_VIOLATION.equals(e.getSqlState())) {
        return lostRaceOrTaken(tenantId, user);
      }
      throw e;
    }
  }

  private static boolean insert(Queries queries, String tenantId, NewUser user) {
    OffsetDateTime now = user.createdAt().atOffset(ZoneOffset.UTC);
    // By id: a later connection of the same name is another. Deleting it waits for us, or we for
    // it.
    boolean connected =
        queries
            .first(
                tenantId,
                "select 1 from connection where tenant_id = $1 and id = $2 for key share",
                row -> true,
                user.connection().id())
            .isPresent();
    if (!connected) {
      throw new ConnectionGone();
    }
    int created =
        queries.execute(
            tenantId,
            """
            insert into user_account (tenant_id, user_id, profile, created_at, updated_at)
            values ($1, $2, $3::text::jsonb, $4, $4) on conflict do nothing
            """,
            user.userId(),
            Json.write(user.profile()),
            now);
    if (created == 0) {
      return false;
    }
    queries.execute(
        tenantId,
        """
        insert into user_identity (tenant_id, connection, identity_user_id, user_id, payload)
        values ($1, $2, $3, $4, $5::text::jsonb)
        """,
        user.connection().name(),
        user.identityUserId(),
        user.userId(),
        Json.write(user.identity()));
    for (String kind : Attributes.IDENTIFIERS) {
      String value = user.profile().path(kind).textValue();
      if (value != null) {
        queries.execute(
            tenantId,
            """
            insert into user_identifier (tenant_id, connection, kind, value, user_id)
            values ($1, $2, $3, $4, $5)
            """,
            user.connection().name(),
            kind,
            value.toLowerCase(Locale.ROOT),
            user.userId());
      }
    }
    return true;
  }

  private boolean lostRaceOrTaken(String tenantId, NewUser user) {
    if (findByIdentity(tenantId, user.connection(), user.identityUserId()).isPresent()) {
      return false;
    }
    throw new IdentifierTaken();
  }

  /** Changes the profile, which nobody else changes meanwhile; what the change throws undoes it. */
  void changeProfile(
      String tenantId, String userId, UnaryOperator<ObjectNode> change, OffsetDateTime now) {
    database.transaction(
        queries -> {
          Optional<ObjectNode> stored =
              queries.first(
                  tenantId,
                  "select profile::text from user_account"
                      + " where tenant_id = $1 and user_id = $2 for update",
                  row -> Payload.object(row, "profile"),
                  userId);
          return stored
              .map(profile -> write(queries, tenantId, userId, change.apply(profile), now))
              .orElse(0);
        });
  }

  private static int write(
      Queries queries, String tenantId, String userId, ObjectNode profile, OffsetDateTime now) {
    return queries.execute(
        tenantId,
        "update user_account set profile = $3::text::jsonb, updated_at = $4"
            + " where tenant_id = $1 and user_id = $2",
        userId,
        Json.write(profile),
        now);
  }

  /** The same for what a linked identity brought along. */
  void changeLinkedProfile(
      String tenantId,
      String userId,
      IdentityKey identity,
      UnaryOperator<ObjectNode> change,
      OffsetDateTime now) {
    database.transaction(
        queries -> {
          Optional<ObjectNode> stored =
              queries.first(
                  tenantId,
                  "select payload::text from user_identity where tenant_id = $1 and user_id = $2"
                      + " and connection = $3 and identity_user_id = any ($4) for update",
                  row -> Payload.object(row, "payload"),
                  userId,
                  identity.connection(),
                  identity.parameter());
          return stored
              .map(linked -> Payload.member(linked, "profileData"))
              .map(
                  profile ->
                      writeLinked(queries, tenantId, userId, identity, change.apply(profile), now))
              .orElse(0);
        });
  }

  private static int writeLinked(
      Queries queries,
      String tenantId,
      String userId,
      IdentityKey identity,
      ObjectNode profile,
      OffsetDateTime now) {
    return queries.execute(
        tenantId,
        """
        with touched as (
          update user_account set updated_at = $5 where tenant_id = $1 and user_id = $2
        )
        update user_identity
        set payload = payload || jsonb_build_object('profileData', $4::text::jsonb)
        where tenant_id = $1 and user_id = $2 and connection = $3
          and identity_user_id = any ($6)
        """,
        userId,
        identity.connection(),
        Json.write(profile),
        now,
        identity.parameter());
  }

  /**
   * One of the subjects that is a user who is blocked or does not exist any more. A subject that no
   * connection of the tenant could have made is somebody else than a user.
   */
  public Optional<String> findLost(String tenantId, Collection<String> subjects) {
    String[] storable = subjects.stream().filter(StorableText::is).toArray(String[]::new);
    return storable.length == 0
        ? Optional.empty()
        : database.first(tenantId, LOST, row -> row.getString("sub"), (Object) storable);
  }

  /** Counts a login and reads the user; empty if blocked or deleted meanwhile. */
  public Optional<User> recordLogin(String tenantId, String userId, OffsetDateTime at, String ip) {
    return database.first(tenantId, RECORD_LOGIN, Users::user, userId, at, ip);
  }

  /** Merges metadata at the first level (contract token-endpoint §5.5). */
  public void mergeMetadata(
      String tenantId, String userId, MetadataChanges changes, OffsetDateTime now) {
    if (!changes.isEmpty()) {
      database.execute(
          tenantId,
          MERGE_METADATA,
          userId,
          Json.write(changes.app()),
          MetadataChanges.removed(changes.app()),
          Json.write(changes.user()),
          MetadataChanges.removed(changes.user()),
          now);
    }
  }

  private static User user(Row row) {
    return new User(
        row.getString("user_id"),
        Payload.object(row, "profile"),
        Payload.object(row, "user_metadata"),
        Payload.object(row, "app_metadata"),
        identities(row.getString("identities")),
        row.getBoolean("blocked"),
        row.getLong("logins_count"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("updated_at").toInstant(),
        List.of(row.getArrayOfStrings("factors")));
  }

  private static ArrayNode identities(String json) {
    try {
      return (ArrayNode) Json.parse(json == null ? "[]" : json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("identities are not JSON", e);
    }
  }

  /** The connection was deleted after it was looked up. */
  static final class ConnectionGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConnectionGone() {
      super("the connection has been deleted", null, false, false);
    }
  }

  /** Another user of the connection has one of the identifiers. */
  static final class IdentifierTaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IdentifierTaken() {
      super("an identifier is used by another user of the connection", null, false, false);
    }
  }
}
