package dev.cambio.gateway.token;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.action.ActionRuns;
import dev.cambio.gateway.client.Client;
import dev.cambio.gateway.log.TenantLogEvent;
import dev.cambio.gateway.organization.Organization;
import dev.cambio.gateway.refresh.RefreshTerms;
import dev.cambio.gateway.refresh.RefreshTerms.Caller;
import dev.cambio.gateway.store.Payload;
import dev.cambio.gateway.user.UserResolution.Resolved;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the tenant log says of a request that logs a user in: who it is, and what Actions did
 * (contract token-endpoint §10). One per request, used by one thread.
 */
public final class LoginEntry {
  private final TokenRequest request;
  private final List<String> secretParameters;
  private final RequestEntry entry;
  private final ActionRuns runs = new ActionRuns();
  private Optional<Resolved> resolved = Optional.empty();
  private Optional<Organization> organization = Optional.empty();

  /**
   * An entry.
   *
   * @param secretParameters names of parameters whose values the log must not repeat
   */
  public LoginEntry(TokenRequest request, List<String> secretParameters) {
    this.request = request;
    this.secretParameters = secretParameters;
    this.entry = new RequestEntry(request);
  }

  /** The client has authenticated. */
  public void authenticated(Client client) {
    entry.authenticated(client);
  }

  /** The address the request counts for, forwarded by a trusted client or its own. */
  public String ip() {
    return entry.ip();
  }

  /** Where the request comes from. */
  public Caller caller() {
    return new Caller(ip(), request.inbound().header("user-agent").map(TenantLogEvent::bounded));
  }

  /** Is told of every run of an Action. */
  public ActionRuns runs() {
    return runs;
  }

  /** The API was found. */
  public void audience(String audience) {
    entry.audience(audience);
  }

  /** The organization that the login is for. */
  public void organization(Organization found) {
    organization = Optional.of(found);
  }

  /** The user is known, and the connection that they came by. */
  public void resolved(Resolved found) {
    resolved = Optional.of(found);
  }

  /** A new entry; what an Action repeats in its description of tokens and secrets is masked. */
  public ObjectNode describe(String description) {
    ObjectNode described = entry.describe(masked(description));
    if (!runs.executions().isEmpty()) {
      ArrayNode executions =
          Payload.member(described, "details").putObject("actions").putArray("executions");
      runs.executions().forEach(execution -> executions.add(execution.id().toString()));
    }
    return described;
  }

  /** Adds who logged in, by which connection and for which organization. */
  public void addUser(ObjectNode described) {
    resolved.ifPresent(found -> found.describeIn(described));
    organization.ifPresent(
        of -> described.put("organization_id", of.id()).put("organization_name", of.name()));
  }

  /** {@code actions_execution_failed} of each Action that did. */
  public List<TenantLogEvent> failedActions(Instant at) {
    return runs.failures().stream()
        .map(
            details -> {
              ObjectNode failed = describe(details.path("action_error").path("message").asText());
              failed.set("details", details);
              return event("actions_execution_failed", failed, at);
            })
        .toList();
  }

  /** {@code w} where Actions asked for more than they may have. */
  public List<TenantLogEvent> warnings(RefreshTerms terms, Instant at) {
    return terms.warnings(at).stream().map(text -> event("w", withUser(text), at)).toList();
  }

  private ObjectNode withUser(String description) {
    ObjectNode described = describe(description);
    addUser(described);
    return described;
  }

  private TenantLogEvent event(String type, ObjectNode payload, Instant at) {
    return new TenantLogEvent(request.tenant().id(), at, type, payload);
  }

  private String masked(String description) {
    return runs.masked(
        description,
        secretParameters.stream()
            .flatMap(name -> request.parameters().find(name).stream())
            .toList());
  }
}
