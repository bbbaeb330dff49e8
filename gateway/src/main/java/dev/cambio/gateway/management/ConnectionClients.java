package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** Which clients a connection is enabled for (contract management-api §2.6). */
final class ConnectionClients implements Operations.Resource {

  @Override
  public void register(Operations operations) {
    operations.on("listConnectionClients", this::list).on("updateConnectionClients", this::update);
  }

  private Answer list(Call call) {
    String id = Connections.require(call, "").id();
    return Listing.of(
            "clients",
            "e.client_id",
            "connection_client e join client k"
                + " on k.tenant_id = e.tenant_id and k.client_id = e.client_id",
            "k",
            "k.client_id")
        .where("e.connection_id = ?", id)
        .cursor(
            call,
            row ->
                JsonNodeFactory.instance.objectNode().put("client_id", row.getString("client_id")));
  }

  private Answer update(Call call) {
    String id = Connections.require(call, " for no key update of c").id();
    for (JsonNode change : call.body()) {
      String clientId = change.path("client_id").asText();
      if (change.path("status").asBoolean()) {
        enable(call, id, clientId);
      } else {
        call.rows()
            .execute(
                "delete from connection_client"
                    + " where tenant_id = $1 and connection_id = $2 and client_id = $3",
                id,
                clientId);
      }
    }
    return Answer.empty();
  }

  static void enable(Call call, String connectionId, String clientId) {
    boolean known =
        call.rows()
            .exists("select 1 from client where tenant_id = $1 and client_id = $2", clientId);
    if (!known) {
      throw ManagementException.invalidBody("The client '" + clientId + "' does not exist.");
    }
    call.rows()
        .execute(
            "insert into connection_client (tenant_id, connection_id, client_id)"
                + " values ($1, $2, $3) on conflict do nothing",
            connectionId,
            clientId);
  }
}
