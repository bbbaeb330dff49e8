package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.Payload;
import io.vertx.sqlclient.Row;
import java.util.List;

/** The connections that are enabled for a client (contract management-api §2.3). */
final class ClientConnections implements Operations.Resource {
  @Override
  public void register(Operations operations) {
    operations.on("listClientConnections", ClientConnections::list);
  }

  private static Answer list(Call call) {
    String clientId = call.path("id");
    if (!call.rows()
        .exists("select 1 from client where tenant_id = $1 and client_id = $2", clientId)) {
      throw ClientRegistrations.notFound();
    }
    Listing list =
        Listing.of(
                "connections",
                "n.id, n.name, n.strategy, n.payload::text",
                "connection n join connection_client e"
                    + " on e.tenant_id = n.tenant_id and e.connection_id = n.id",
                "n",
                "n.id")
            .where("e.client_id = ?", clientId);
    List<String> strategies = call.query().texts("strategy");
    if (!strategies.isEmpty()) {
      list.where("n.strategy = any(?)", strategies.toArray(String[]::new));
    }
    return list.cursor(call, row -> Fields.of(call, view(row)));
  }

  private static ObjectNode view(Row row) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", row.getString("id"))
            .put("name", row.getString("name"))
            .put("strategy", row.getString("strategy"));
    return json.setAll(Payload.object(row, "payload"));
  }
}
