package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import dev.cambio.model.bus.Json;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Set;

/** Connections (contract management-api §2.6). */
final class Connections implements Operations.Resource {
  private static final String COLUMNS =
      """
      c.id, c.name, c.strategy, c.payload::text,
      array(select e.client_id from connection_client e
            where e.tenant_id = c.tenant_id and e.connection_id = c.id order by e.client_id) as clients
      """;
  private static final String DATABASE = "auth0";

  private final Ids ids;

  Connections(Ids ids) {
    this.ids = ids;
  }

  @Override
  public void register(Operations operations) {
    operations
        .on("listConnections", this::list)
        .on("createConnection", this::create)
        .on("getConnection", call -> Answer.of(Fields.of(call, require(call, "").json())))
        .on("updateConnection", this::update)
        .on("deleteConnection", this::delete)
        .on(
            "getScimConfiguration",
            call -> {
              throw ManagementException.notFound(
                  "scim_configuration", "Not Found. There is no SCIM configuration.");
            })
        .on(
            "listDirectoryProvisionings",
            call -> {
              ObjectNode none = JsonNodeFactory.instance.objectNode();
              none.putArray("directory_provisionings");
              return Answer.of(none);
            });
  }

  /** A stored connection. */
  record Stored(String id, String name, ObjectNode payload, ObjectNode json) {}

  private Answer list(Call call) {
    Listing list = Listing.of("connections", COLUMNS, "connection c", "c", "c.id");
    List<String> strategies = call.query().texts("strategy");
    if (!strategies.isEmpty()) {
      list.where("c.strategy = any(?)", strategies.toArray(String[]::new));
    }
    call.query().text("name").ifPresent(name -> list.where("c.name = ?", name));
    return list.pagesOrCursor(call, row -> Fields.of(call, stored(row).json()));
  }

  private Answer create(Call call) {
    ObjectNode body = call.object();
    String name = body.path("name").asText();
    String strategy = body.path("strategy").asText();
    ObjectNode payload = Merge.withoutNullMetadata(Merge.shallow(defaults(name, strategy), body));
    payload.remove(List.of("name", "strategy", "enabled_clients"));
    String id = call.chosenId().orElseGet(() -> ids.prefixed("con_"));
    int created =
        call.rows()
            .execute(
                """
                insert into connection
                  (tenant_id, id, name, strategy, payload, created_at, updated_at)
                values ($1, $2, $3, $4, $5::text::jsonb, $6, $6)
                on conflict (tenant_id, name) do nothing
                """,
                id,
                name,
                strategy,
                Json.write(payload),
                call.now());
    if (created == 0) {
      throw ManagementException.conflict(
          "connection", "A connection with the same name already exists");
    }
    if (body.has("enabled_clients")) {
      replaceClients(call, id, body.path("enabled_clients"));
    }
    return Answer.of(byId(call, id).json());
  }

  private Answer update(Call call) {
    ObjectNode body = call.object();
    // Not against the logins that make users of the connection meanwhile.
    Stored stored = require(call, " for no key update of c");
    ObjectNode payload = Merge.withoutNullMetadata(Merge.shallow(stored.payload(), body));
    payload.remove("enabled_clients");
    call.rows()
        .execute(
            """
            update connection c set payload = $3::text::jsonb, updated_at = $4
            where c.tenant_id = $1 and c.id = $2 and c.payload <> $3::text::jsonb
            """,
            stored.id(),
            Json.write(payload),
            call.now());
    if (body.has("enabled_clients")) {
      replaceClients(call, stored.id(), body.path("enabled_clients"));
    }
    return Answer.of(byId(call, stored.id()).json());
  }

  private static void replaceClients(Call call, String connectionId, JsonNode clients) {
    call.rows()
        .execute(
            "delete from connection_client where tenant_id = $1 and connection_id = $2",
            connectionId);
    clients.forEach(client -> ConnectionClients.enable(call, connectionId, client.asText()));
  }

  private Answer delete(Call call) {
    var found =
        call.rows()
            .first(
                "delete from connection where tenant_id = $1 and id = $2 returning name",
                row -> row.getString("name"),
                call.path("id"));
    if (found.isEmpty()) {
      return Answer.empty().status(204);
    }
    ConnectionUsers.delete(call, found.get());
    return Answer.of(
        JsonNodeFactory.instance.objectNode().put("deleted_at", Dates.text(call.now())));
  }

  static Stored require(Call call, String lock) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from connection c where c.tenant_id = $1 and c.id = $2" + lock,
            Connections::stored,
            call.path("id"))
        .orElseThrow(
            () -> ManagementException.notFound("connection", "The connection does not exist"));
  }

  private static Stored byId(Call call, String id) {
    return call.rows()
        .first(
            "select " + COLUMNS + " from connection c where c.tenant_id = $1 and c.id = $2",
            Connections::stored,
            id)
        .orElseThrow();
  }

  private static Stored stored(Row row) {
    String id = row.getString("id");
    String name = row.getString("name");
    ObjectNode payload = Payload.object(row, "payload");
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id).put("name", name);
    json.put("strategy", row.getString("strategy"));
    json.setAll(payload);
    ArrayNode clients = json.putArray("enabled_clients");
    Set.of(row.getArrayOfStrings("clients")).stream().sorted().forEach(clients::add);
    return new Stored(id, name, payload, json);
  }

  private static ObjectNode defaults(String name, String strategy) {
    ObjectNode defaults = JsonNodeFactory.instance.objectNode();
    defaults.putObject("options");
    defaults.put("is_domain_connection", false);
    if (!strategy.equals(DATABASE)) {
      defaults.put("show_as_button", false);
    }
    defaults.putArray("realms").add(name);
    return defaults;
  }
}
