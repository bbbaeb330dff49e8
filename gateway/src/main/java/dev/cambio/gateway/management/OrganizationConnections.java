package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.util.List;

/**
 * The connections of an organization, by both paths that lead to them: {@code connections}, and
 * {@code enabled_connections}, which shows those that are enabled (contract management-api §2.9).
 */
final class OrganizationConnections implements Operations.Resource {
  private static final int MAX_CONNECTIONS = 10;
  private static final String ENABLED = "coalesce((m.payload ->> 'is_enabled')::boolean, true)";
  private static final String COLUMNS = "m.connection_id, m.payload::text, c.name, c.strategy";
  private static final String FROM =
      "organization_connection m"
          + " join connection c on c.tenant_id = m.tenant_id and c.id = m.connection_id";

  /** What only the newer path shows. */
  private static final List<String> NEWER =
      List.of("organization_connection_name", "organization_access_level", "is_enabled");

  @Override
  public void register(Operations operations) {
    operations
        .on("listOrganizationConnections", this::list)
        .on("addOrganizationConnection", this::add)
        .on("getOrganizationConnection", call -> Answer.of(require(call, "")))
        .on("updateOrganizationConnection", this::update)
        .on("removeOrganizationConnection", call -> remove(call, ""))
        .on("listEnabledConnections", this::listEnabled)
        .on("addEnabledConnection", call -> older(add(call)))
        .on("getEnabledConnection", call -> older(Answer.of(require(call, " and " + ENABLED))))
        .on("updateEnabledConnection", this::updateEnabled)
        .on("removeEnabledConnection", call -> remove(call, " and " + ENABLED));
  }

  private static Answer older(Answer answer) {
    ((ObjectNode) answer.body()).remove(NEWER);
    return answer;
  }

  private Answer list(Call call) {
    Listing list = listing(call, "connections");
    call.query().flag("is_enabled").ifPresent(enabled -> list.where(ENABLED + " = ?", enabled));
    return list.pages(call, OrganizationConnections::json);
  }

  private Answer listEnabled(Call call) {
    return listing(call, "enabled_connections")
        .where(ENABLED)
        .pages(call, row -> json(row).remove(NEWER));
  }

  private static Listing listing(Call call, String key) {
    String organization = Organizations.require(call, "").id();
    return Listing.of(key, COLUMNS, FROM, "m", "m.connection_id")
        .where("m.organization_id = ?", organization);
  }

  private Answer add(Call call) {
    return Answer.of(add(call, Organizations.require(call, " for update").id(), call.object()));
  }

  /** Gives an organization a connection, and answers it. */
  static ObjectNode add(Call call, String organizationId, ObjectNode body) {
    String connectionId = body.path("connection_id").asText();
    if (!call.rows()
        .exists("select 1 from connection where tenant_id = $1 and id = $2", connectionId)) {
      throw ManagementException.invalidBody(
          "The connection '" + connectionId + "' does not exist.");
    }
    boolean full =
        call.rows()
                .first(
                    "select count(*) from organization_connection"
                        + " where tenant_id = $1 and organization_id = $2",
                    row -> row.getLong(0),
                    organizationId)
                .orElse(0L)
            >= MAX_CONNECTIONS;
    if (full) {
      throw ManagementException.tooMany();
    }
    ObjectNode payload = Merge.shallow(defaults(), body);
    payload.remove("connection_id");
    int added =
        call.rows()
            .execute(
                """
                insert into organization_connection
                  (tenant_id, organization_id, connection_id, payload, created_at, updated_at)
                values ($1, $2, $3, $4::text::jsonb, $5, $5)
                on conflict do nothing
                """,
                organizationId,
                connectionId,
                Json.write(payload),
                call.now());
    if (added == 0) {
      throw ManagementException.conflict(
          "organization_connection", "The connection is already enabled for the organization.");
    }
    return find(call, organizationId, connectionId, "");
  }

  private Answer update(Call call) {
    String organization = Organizations.require(call, " for update").id();
    String connection = call.path("connection_id");
    ObjectNode stored = find(call, organization, connection, "");
    stored.remove(List.of("connection_id", "connection"));
    call.rows()
        .execute(
            """
            update organization_connection m set payload = $4::text::jsonb, updated_at = $5
            where m.tenant_id = $1 and m.organization_id = $2 and m.connection_id = $3
              and m.payload <> $4::text::jsonb
            """,
            organization,
            connection,
            Json.write(Merge.shallow(stored, call.object())),
            call.now());
    return Answer.of(find(call, organization, connection, ""));
  }

  /** What is not enabled does not exist by the older path. */
  private Answer updateEnabled(Call call) {
    require(call, " and " + ENABLED);
    return older(update(call));
  }

  private Answer remove(Call call, String condition) {
    call.rows()
        .execute(
            "delete from organization_connection m"
                + " where m.tenant_id = $1 and m.organization_id = $2 and m.connection_id = $3"
                + condition,
            Organizations.require(call, "").id(),
            call.path("connection_id"));
    return Answer.empty();
  }

  private static ObjectNode require(Call call, String condition) {
    return find(call, Organizations.require(call, "").id(), call.path("connection_id"), condition);
  }

  private static ObjectNode find(
      Call call, String organizationId, String connectionId, String condition) {
    return call.rows()
        .first(
            "select "
                + COLUMNS
                + " from "
                + FROM
                + " where m.tenant_id = $1 and m.organization_id = $2 and m.connection_id = $3"
                + condition,
            OrganizationConnections::json,
            organizationId,
            connectionId)
        .orElseThrow(
            () ->
                ManagementException.notFound(
                    "organization_connection",
                    "The connection is not enabled for the organization."));
  }

  private static ObjectNode json(Row row) {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("connection_id", row.getString("connection_id"));
    json.setAll(Payload.object(row, "payload"));
    json.putObject("connection")
        .put("name", row.getString("name"))
        .put("strategy", row.getString("strategy"));
    return json;
  }

  private static ObjectNode defaults() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("assign_membership_on_login", false)
        .put("show_as_button", true)
        .put("is_signup_enabled", false)
        .put("is_enabled", true)
        .put("organization_access_level", "none");
  }
}
