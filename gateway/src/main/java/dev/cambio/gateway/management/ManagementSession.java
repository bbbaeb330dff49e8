package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.gateway.tenant.Tenant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Calls operations from within, several in one transaction: the same checks and effects as over
 * HTTP, without a token. Used by import and export.
 */
public final class ManagementSession {
  private final Operations operations;
  private final Tenant tenant;
  private final String issuer;
  private final TenantQueries rows;
  private final OffsetDateTime now;
  private final Set<String> scopes = new HashSet<>();

  /**
   * A session.
   *
   * @param issuer the origin that identifiers of the Management API are shown with
   * @param rows queries of the transaction
   */
  public ManagementSession(
      Operations operations, Tenant tenant, String issuer, TenantQueries rows, OffsetDateTime now) {
    this.operations = operations;
    this.tenant = tenant;
    this.issuer = issuer;
    this.rows = rows;
    this.now = now;
    operations.api().operations().forEach(operation -> operation.scopes().forEach(scopes::addAll));
  }

  /** Calls an operation that takes no body. */
  public JsonNode call(String operationId, Map<String, String> path, Map<String, String> query) {
    return call(operationId, path, query, MissingNode.getInstance(), Optional.empty());
  }

  /** Calls an operation with a body. */
  public JsonNode call(String operationId, Map<String, String> path, JsonNode body) {
    return call(operationId, path, Map.of(), body, Optional.empty());
  }

  /**
   * Creates something with an id of the caller's choice.
   *
   * @param id empty to have one made
   */
  public JsonNode create(String operationId, JsonNode body, Optional<String> id) {
    return call(operationId, Map.of(), Map.of(), body, id);
  }

  private JsonNode call(
      String operationId,
      Map<String, String> path,
      Map<String, String> query,
      JsonNode body,
      Optional<String> chosenId) {
    Operation operation = operations.operation(operationId);
    QueryParameters parameters = QueryParameters.of(query, operation.parameters());
    operation.requireValid(body);
    Call call = new Call(tenant, issuer, scopes, path, parameters, body, chosenId, rows, now);
    return operations.handler(operation).handle(call).body();
  }
}
