package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.store.TenantQueries;
import dev.cambio.gateway.tenant.Tenant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One call of an operation, already checked against the document. A call that writes is a
 * transaction of its own; what it throws undoes it.
 *
 * @param issuer the origin that the call speaks to, with a trailing slash
 * @param scopes what the caller holds, for answers that show more to some
 * @param path path parameters, decoded
 * @param body a missing node if there is none
 * @param chosenId an id for what is created, where an import gives one
 * @param rows queries for the tenant
 * @param now the time of the call
 */
public record Call(
    Tenant tenant,
    String issuer,
    Set<String> scopes,
    Map<String, String> path,
    QueryParameters query,
    JsonNode body,
    Optional<String> chosenId,
    TenantQueries rows,
    OffsetDateTime now) {

  /** A path parameter. */
  public String path(String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no path parameter " + name);
    }
    return value;
  }

  /** The body of an operation that requires an object. */
  public ObjectNode object() {
    return (ObjectNode) body;
  }

  /** Identifier of the Management API as this caller knows it. */
  public String managementAudience() {
    return issuer + "api/v2/";
  }
}
