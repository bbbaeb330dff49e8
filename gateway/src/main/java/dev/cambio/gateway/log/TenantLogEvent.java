package dev.cambio.gateway.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * One tenant log entry.
 *
 * @param type type code, e.g. {@code secte} (contract token-endpoint §10.1)
 * @param payload the entry without {@code log_id}, {@code date} and {@code type}; holds no token
 *     and no secret
 * @param executions the runs of Actions that it tells of, committed with it
 */
public record TenantLogEvent(
    String tenantId, Instant date, String type, ObjectNode payload, List<Execution> executions) {
  /** {@code environment_name} of every entry. */
  public static final String ENVIRONMENT = "self-hosted";

  /** An entry that tells of no Actions. */
  public TenantLogEvent(String tenantId, Instant date, String type, ObjectNode payload) {
    this(tenantId, date, type, payload, List.of());
  }

  /** Adds what the request says of the software that made it. */
  public static void addCaller(ObjectNode entry, InboundRequest inbound) {
    inbound
        .header("user-agent")
        .ifPresent(
            agent -> entry.put("user_agent", agent).put("is_mobile", agent.contains("Mobile")));
    inbound
        .header("auth0-client")
        .flatMap(TenantLogEvent::sdk)
        .ifPresent(sdk -> entry.set("auth0_client", sdk));
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
}
