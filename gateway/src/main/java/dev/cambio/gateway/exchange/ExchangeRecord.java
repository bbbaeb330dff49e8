package dev.cambio.gateway.exchange;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionRuns;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.client.ClientCredentials;
import dev.cambio.gateway.error.OAuthException;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.token.GrantRecord;
import dev.cambio.gateway.token.TokenGrant;
import dev.cambio.gateway.token.TokenRequest;
import dev.cambio.gateway.token.TokenResponse;
import dev.cambio.model.bus.Json;
import dev.cambio.model.oauth.Actor;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Collects what {@code secte} and {@code fecte} say (contract token-endpoint §10.2, §10.3). */
final class ExchangeRecord implements GrantRecord {
  private final TokenRequest request;
  private final ActionRuns runs = new ActionRuns();
  private Optional<Client> client = Optional.empty();
  private Optional<Actor> actor = Optional.empty();
  private String ip;
  private String audience;

  ExchangeRecord(TokenRequest request) {
    this.request = request;
    this.ip = request.inbound().ip();
    this.audience = request.parameters().find("audience").orElse("");
  }

  @Override
  public void authenticated(Client authenticated) {
    client = Optional.of(authenticated);
    ip = ClientIp.of(request.inbound(), authenticated);
  }

  /** The address the request counts for, forwarded by a trusted client or its own. */
  String ip() {
    return ip;
  }

  ActionRuns runs() {
    return runs;
  }

  void audience(String resolved) {
    audience = resolved;
  }

  void actor(Optional<Actor> set) {
    actor = set;
  }

  @Override
  public List<TenantLogEvent> success(TokenGrant grant, TokenResponse response, Instant at) {
    ObjectNode entry = base("Successful Custom Token Exchange");
    entry
        .put("connection", grant.connection().name())
        .put("connection_id", grant.connection().id())
        .put("strategy", grant.connection().strategy())
        .put("user_id", grant.user().userId());
    grant.user().attribute("name").ifPresent(name -> entry.put("user_name", name));
    entry.put("scope", grant.granted().toString());
    response
        .accessTokenId()
        .ifPresent(id -> Payload.member(entry, "details").put("access_token_jti", id));
    return withFailedActions("secte", entry, at);
  }

  @Override
  public List<TenantLogEvent> failure(OAuthException refusal, Instant at) {
    ObjectNode entry = base(refusal.detail());
    entry.put("hostname", request.inbound().host());
    request.parameters().find("scope").ifPresent(scope -> entry.put("scope", scope));
    return withFailedActions("fecte", entry, at);
  }

  private List<TenantLogEvent> withFailedActions(String type, ObjectNode entry, Instant at) {
    String tenantId = request.tenant().id();
    List<TenantLogEvent> events = new ArrayList<>();
    for (ObjectNode details : runs.failures()) {
      ObjectNode failed = base(details.path("action_error").path("message").asText());
      failed.set("details", details);
      events.add(new TenantLogEvent(tenantId, at, "actions_execution_failed", failed));
    }
    events.add(new TenantLogEvent(tenantId, at, type, entry));
    return events;
  }

  private ObjectNode base(String description) {
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("description", description)
            .put("tenant_name", request.tenant().id())
            .put("environment_name", "self-hosted")
            .put("client_id", client.map(Client::clientId).or(this::claimedClientId).orElse(null))
            .put("client_name", client.map(Client::name).orElse(""))
            .put("audience", audience)
            .put("ip", ip);
    InboundRequest inbound = request.inbound();
    inbound
        .header("user-agent")
        .ifPresent(
            agent -> entry.put("user_agent", agent).put("is_mobile", agent.contains("Mobile")));
    inbound
        .header("auth0-client")
        .flatMap(ExchangeRecord::sdk)
        .ifPresent(sdk -> entry.set("auth0_client", sdk));
    ObjectNode details = entry.putObject("details");
    details.put("subject_token_type", request.parameters().find("subject_token_type").orElse(""));
    actor.ifPresent(who -> details.set("actor", who.subjectsOnly()));
    if (!runs.executions().isEmpty()) {
      var executions = details.putObject("actions").putArray("executions");
      runs.executions().forEach(executions::add);
    }
    return entry;
  }

  /** The SDK that a request says it was made with: {@code {name, version, env}} in base64. */
  private static Optional<ObjectNode> sdk(String header) {
    try {
      return Json.parse(Base64.getDecoder().decode(header)) instanceof ObjectNode sdk
          ? Optional.of(sdk.retain("name", "version", "env"))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
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
