package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.model.action.Trigger;
import dev.cambio.model.exchange.SubjectTokenType;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;

/** Token exchange profiles (contract management-api §2.1, token-endpoint §2.1). */
final class TokenExchangeProfiles implements Operations.Resource {
  private static final int MAX_PROFILES = 100;
  private static final String TYPE = "custom_authentication";
  private static final String COLUMNS =
      "p.id, p.name, p.subject_token_type, p.action_id, p.subject_token_is_ours, p.created_at,"
          + " p.updated_at";
  private static final String OURS = "subject_token_is_ours";
  private static final String UNIQUE_VIOLATION = "23505";

  private final Ids ids;

  TokenExchangeProfiles(Ids ids) {
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listTokenExchangeProfiles", TokenExchangeProfiles::list)
        .on("createTokenExchangeProfile", this::create)
        .on("getTokenExchangeProfile", call -> Answer.of(require(call, call.path("id"), "")))
        .on("updateTokenExchangeProfile", TokenExchangeProfiles::update)
        .on("deleteTokenExchangeProfile", TokenExchangeProfiles::delete);
  }

  private static Answer list(Call call) {
    return Listing.of("token_exchange_profiles", COLUMNS, "token_exchange_profile p", "p", "p.id")
        .cursor(call, TokenExchangeProfiles::json);
  }

  private Answer create(Call call) {
    ObjectNode body = call.object();
    if (!body.path("type").asText().equals(TYPE)) {
      throw ManagementException.invalidBody("Type field must be custom");
    }
    String subjectTokenType = subjectTokenType(body);
    String actionId = body.path("action_id").asText();
    requireUsable(call, actionId);
    String id = call.chosenId().orElseGet(() -> ids.prefixed("tep_"));
    int created =
        call.rows()
            .execute(
                """
                insert into token_exchange_profile
                  (tenant_id, id, name, subject_token_type, action_id, subject_token_is_ours,
                   created_at, updated_at)
                values ($1, $2, $3, $4, $5, $6, $7, $7)
                on conflict (tenant_id, subject_token_type) do nothing
                """,
                id,
                body.path("name").asText(),
                subjectTokenType,
                actionId,
                body.path(OURS).asBoolean(false),
                call.now());
    if (created == 0) {
      throw conflict("subject_token_type already exists for tenant");
    }
    requireFewEnough(call);
    return Answer.of(require(call, id, ""));
  }

  /** Counted after the insert, which makes others that insert wait until this is decided. */
  private static void requireFewEnough(Call call) {
    long count =
        call.rows()
            .first(
                "select count(*) from token_exchange_profile where tenant_id = $1",
                row -> row.getLong(0))
            .orElse(0L);
    if (count > MAX_PROFILES) {
      throw ManagementException.tooMany();
    }
  }

  private static String subjectTokenType(ObjectNode body) {
    try {
      return new SubjectTokenType(body.path("subject_token_type").asText()).value();
    } catch (IllegalArgumentException e) {
      throw ManagementException.invalidBody(
          new Violation("subject_token_type", String.valueOf(e.getMessage())));
    }
  }

  /** The live version counts; the lock keeps the Action from being deleted meanwhile. */
  private static void requireUsable(Call call, String actionId) {
    if (!call.rows()
        .exists("select id from action where tenant_id = $1 and id = $2 for key share", actionId)) {
      throw ManagementException.invalidBody("Action not found");
    }
    if (!call.rows()
        .exists(
            """
            select a.id from action a
            left join action_version v on v.tenant_id = a.tenant_id and v.id = a.deployed_version_id
            where a.tenant_id = $1 and a.id = $2
              and coalesce(v.payload -> 'supported_triggers', a.supported_triggers)
                @> jsonb_build_array(jsonb_build_object('id', $3::text))
            """,
            actionId,
            Trigger.CUSTOM_TOKEN_EXCHANGE.id())) {
      throw ManagementException.invalidBody(
          "Action must have supported_triggers: " + Trigger.CUSTOM_TOKEN_EXCHANGE.id());
    }
    if (!call.rows()
        .exists(
            "select id from action where tenant_id = $1 and id = $2"
                + " and deployed_version_id is not null",
            actionId)) {
      throw ManagementException.invalidBody("Action is not deployed");
    }
  }

  private static Answer update(Call call) {
    ObjectNode body = call.object();
    if (body.has("action_id") || body.has("type")) {
      throw ManagementException.invalidBody("Unable to update field.");
    }
    ObjectNode stored = require(call, call.path("id"), " for update");
    String type =
        body.has("subject_token_type")
            ? subjectTokenType(body)
            : stored.path("subject_token_type").asText();
    try {
      call.rows()
          .execute(
              """
              update token_exchange_profile
              set name = $3, subject_token_type = $4, subject_token_is_ours = $5, updated_at = $6
              where tenant_id = $1 and id = $2
                and (name, subject_token_type, subject_token_is_ours) is distinct from ($3, $4, $5)
              """,
              call.path("id"),
              body.path("name").asText(stored.path("name").asText()),
              type,
              body.path(OURS).asBoolean(stored.path(OURS).asBoolean(false)),
              call.now());
    } catch (PgException e) {
      throw UNIQUE_VIOLATION.equals(e.getSqlState())
          ? conflict("Token exchange profile with the same subject_token_type already exists")
          : e;
    }
    return Answer.empty();
  }

  private static Answer delete(Call call) {
    call.rows()
        .execute(
            "delete from token_exchange_profile where tenant_id = $1 and id = $2", call.path("id"));
    return Answer.empty();
  }

  private static ManagementException conflict(String message) {
    return ManagementException.conflict("token_exchange_profile", message);
  }

  private static ObjectNode require(Call call, String id, String lock) {
    return call.rows()
        .first(
            "select "
                + COLUMNS
                + " from token_exchange_profile p where p.tenant_id = $1 and p.id = $2"
                + lock,
            TokenExchangeProfiles::json,
            id)
        .orElseThrow(
            () ->
                ManagementException.notFound(
                    "token_exchange_profile", "Token exchange profile not found."));
  }

  private static ObjectNode json(Row row) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", row.getString("id"))
            .put("name", row.getString("name"))
            .put("subject_token_type", row.getString("subject_token_type"))
            .put("action_id", row.getString("action_id"))
            .put("type", TYPE)
            .put("created_at", Dates.text(row.getOffsetDateTime("created_at")))
            .put("updated_at", Dates.text(row.getOffsetDateTime("updated_at")));
    // A profile that does not have our own mark looks as Auth0's do.
    if (row.getBoolean(OURS)) {
      json.put(OURS, true);
    }
    return json;
  }
}
