package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientCredentials;
import dev.cambio.gateway.client.ClientIp;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.log.TenantLogEvent;
import java.util.Optional;

/**
 * What the tenant log says of every token request, whatever its grant (contract token-endpoint
 * §10.2). One per request, used by one thread.
 */
public final class RequestEntry {
  private final TokenRequest request;
  private Optional<Client> client = Optional.empty();
  private String ip;
  private String audience;

  public RequestEntry(TokenRequest request) {
    this.request = request;
    this.ip = request.inbound().ip();
    this.audience = request.parameters().find("audience").orElse("");
  }

  /** The client has authenticated; the address it forwards counts if it is trusted to. */
  public void authenticated(Client authenticated) {
    client = Optional.of(authenticated);
    ip = ClientIp.of(request.inbound(), authenticated);
  }

  /** The address the request counts for, forwarded by a trusted client or its own. */
  public String ip() {
    return ip;
  }

  /** The API was found. */
  public void audience(String resolved) {
    audience = resolved;
  }

  /** A new entry with these facts and an empty {@code details}. */
  public ObjectNode describe(String description) {
    InboundRequest inbound = request.inbound();
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("description", TenantLogEvent.bounded(description))
            .put("tenant_name", request.tenant().id())
            .put("environment_name", TenantLogEvent.ENVIRONMENT)
            .put(
                "client_id",
                client
                    .map(Client::clientId)
                    .or(this::claimedClientId)
                    .map(TenantLogEvent::bounded)
                    .orElse(null))
            .put("client_name", client.map(Client::name).orElse(""))
            .put("audience", TenantLogEvent.bounded(audience))
            .put("ip", ip);
    TenantLogEvent.addCaller(entry, inbound);
    entry.putObject("details");
    return entry;
  }

  /** The client that the request says it comes from, although it did not show it. */
  private Optional<String> claimedClientId() {
    try {
      return Optional.of(
          ClientCredentials.read(request.inbound(), request.parameters()).clientId());
    } catch (OAuthException e) {
      return Optional.empty();
    }
  }
}
