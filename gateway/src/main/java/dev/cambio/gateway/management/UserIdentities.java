package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.IdTokens;
import dev.cambio.gateway.key.SignedJwt;
import dev.cambio.gateway.key.SignedJwt.Invalid;
import dev.cambio.gateway.management.UserRows.Identity;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Links users and takes them apart again (contract management-api §2.7). The linked user's
 * identities move, with what is known by them; the metadata, roles and memberships of that user go.
 */
final class UserIdentities implements Operations.Resource {
  private static final String FIND =
      "select i.connection, i.identity_user_id, i.user_id, i.position, i.payload::text"
          + " from user_identity i where i.tenant_id = $1 and ";

  private final IdTokens idTokens;

  UserIdentities(IdTokens idTokens) {
    this.idTokens = idTokens;
  }

  @Override
  public void register(Operations operations) {
    operations.on("linkIdentity", this::link).on("unlinkIdentity", UserIdentities::unlink);
  }

  private Answer link(Call call) {
    String userId = call.path("id");
    Identity added = requested(call);
    // Who else links or unlinks either of them must wait; what was read before may have changed.
    if (!UserRows.lock(call, userId, added.userId()).contains(userId)) {
      throw UserRows.unknown();
    }
    Identity current =
        call.rows()
            .first(
                FIND + "i.connection = $2 and i.identity_user_id = $3",
                Identity::of,
                added.connection(),
                added.identityUserId())
            .orElseThrow(UserRows::unknown);
    if (current.position() > 0 || !current.userId().equals(added.userId())) {
      throw ManagementException.conflict("identity", "Specified identity already exists.");
    }
    if (current.userId().equals(userId)) {
      throw ManagementException.invalidBody("Main identity and the new one are the same.");
    }
    move(call, userId, current);
    return identities(call, userId);
  }

  private static void move(Call call, String userId, Identity added) {
    call.rows()
        .execute(
            """
            update user_identity i
            set user_id = $2,
                position = i.position + 1 + (select max(m.position) from user_identity m
                                             where m.tenant_id = $1 and m.user_id = $2),
                payload = case when i.position > 0 then i.payload
                  else i.payload || jsonb_build_object('profileData', u.profile) end
            from user_account u
            where i.tenant_id = $1 and i.user_id = $3 and u.tenant_id = $1 and u.user_id = $3
            """,
            userId,
            added.userId());
    call.rows()
        .execute(
            "update user_identifier set user_id = $2 where tenant_id = $1 and user_id = $3",
            userId,
            added.userId());
    call.rows()
        .execute("delete from user_account where tenant_id = $1 and user_id = $2", added.userId());
    AccountChange.touch(call, userId);
  }

  private static Answer unlink(Call call) {
    String userId = call.path("id");
    if (UserRows.lock(call, userId).isEmpty()) {
      throw UserRows.unknown();
    }
    Identity removed =
        UserRows.identities(call, userId).stream()
            .filter(identity -> identity.provider().equals(call.path("provider")))
            .filter(identity -> identity.identityUserId().equals(call.path("user_id")))
            .findFirst()
            .orElseThrow(
                () -> ManagementException.notFound("identity", "The identity does not exist."));
    if (removed.position() == 0) {
      throw ManagementException.invalidBody("Main identity cannot be removed.");
    }
    String ownId = removed.provider() + "|" + removed.identityUserId();
    ObjectNode profile = removed.profileData();
    if (!UserRows.insert(call, ownId, profile, false)) {
      throw UserRows.exists();
    }
    call.rows()
        .execute(
            """
            update user_identity set user_id = $4, position = 0, payload = payload - 'profileData'
            where tenant_id = $1 and connection = $2 and identity_user_id = $3
            """,
            removed.connection(),
            removed.identityUserId(),
            ownId);
    for (String kind : UserRows.IDENTIFIERS) {
      String value = profile.path(kind).textValue();
      if (value != null) {
        call.rows()
            .execute(
                """
                update user_identifier set user_id = $5
                where tenant_id = $1 and connection = $2 and kind = $3 and value = $4
                  and user_id = $6
                """,
                removed.connection(),
                kind,
                UserRows.fold(value),
                ownId,
                userId);
      }
    }
    AccountChange.touch(call, userId);
    return identities(call, userId);
  }

  /** The identity to add, by id or by an ID token of its user. */
  private Identity requested(Call call) {
    ObjectNode body = call.object();
    boolean byToken = body.has("link_with");
    if (byToken && (body.has("provider") || body.has("user_id") || body.has("connection_id"))) {
      throw ManagementException.invalidBody(
          new Violation("link_with", "Cannot stand beside provider, user_id and connection_id"));
    }
    if (byToken) {
      return ofToken(call, body.path("link_with").asText());
    }
    for (String property : List.of("provider", "user_id")) {
      if (!body.has(property)) {
        throw ManagementException.invalidBody(
            new Violation("", "Missing required property: " + property));
      }
    }
    return byId(
        call,
        body.path("provider").asText(),
        body.path("user_id").asText(),
        body.path("connection_id").textValue());
  }

  private static Identity byId(
      Call call, String provider, String id, @Nullable String connectionId) {
    String prefix = provider + "|";
    String[] forms = {id, id.startsWith(prefix) ? id.substring(prefix.length()) : id};
    List<Identity> found =
        call.rows()
            .list(
                FIND
                    + """
                    i.payload ->> 'provider' = $2 and i.identity_user_id = any($3)
                    and ($4::text is null or i.connection =
                      (select c.name from connection c where c.tenant_id = $1 and c.id = $4::text))
                    limit 2
                    """,
                Identity::of,
                provider,
                forms,
                connectionId);
    if (found.size() > 1) {
      throw ManagementException.invalidBody(
          new Violation("connection_id", "Several connections have this identity; name one"));
    }
    return found.stream().findFirst().orElseThrow(UserRows::unknown);
  }

  private Identity ofToken(Call call, String token) {
    String subject;
    try {
      subject = subject(call, token);
    } catch (Invalid e) {
      throw ManagementException.invalidBody(
          new Violation("link_with", "Not a valid ID token of this tenant: " + e.reason()));
    }
    return UserRows.identities(call, subject).stream()
        .findFirst()
        .or(() -> linkedBefore(call, subject))
        .orElseThrow(UserRows::unknown);
  }

  /** The token was issued before its user was linked to another. */
  private static Optional<Identity> linkedBefore(Call call, String subject) {
    return call.rows()
        .first(
            FIND + "i.payload ->> 'provider' || '|' || i.identity_user_id = $2",
            Identity::of,
            subject);
  }

  private String subject(Call call, String text) throws Invalid {
    SignedJwt token = SignedJwt.parse(text);
    String clientId = idTokens.requireSigned(call.tenant().id(), token).clientId();
    if (call.rows()
        .exists("select from resource_server where tenant_id = $1 and identifier = $2", clientId)) {
      throw new Invalid("the audience is an API");
    }
    if (!call.tenant().isIssuer(token.text("iss"))) {
      throw new Invalid("another issuer");
    }
    if (token.seconds("exp") <= call.now().toEpochSecond()) {
      throw new Invalid("expired");
    }
    if (token.claims().has("act")) {
      throw new Invalid("delegated");
    }
    return token.text("sub");
  }

  private static Answer identities(Call call, String userId) {
    return Answer.of(UserRows.require(call, userId).path("identities"));
  }
}
