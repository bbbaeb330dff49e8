package dev.cambio.gateway.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cambio.gateway.inbound.InboundRequest;
import dev.cambio.model.bus.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  private static final int MAX_TEXT = 1024;
  private static final int MAX_CORRELATION_ID = 128;

  /** W3C Trace Context §3.2: version, trace id, parent id, flags. */
  private static final Pattern TRACE_PARENT =
      Pattern.compile("[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

  /** An entry that tells of no Actions. */
  public TenantLogEvent(String tenantId, Instant date, String type, ObjectNode payload) {
    this(tenantId, date, type, payload, List.of());
  }

  /** Text of a request's or an Action's, cut where it is longer than a log is for. */
  public static String bounded(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }

  /** Adds what the request says of the software that made it. */
  public static void addCaller(ObjectNode entry, InboundRequest inbound) {
    inbound
        .header("user-agent")
        .ifPresent(
            agent ->
                entry.put("user_agent", bounded(agent)).put("is_mobile", agent.contains("Mobile")));
    inbound
        .header("auth0-client")
        .flatMap(TenantLogEvent::sdk)
        .ifPresent(sdk -> entry.set("auth0_client", sdk));
    ObjectNode references = entry.objectNode();
    inbound
        .header("x-correlation-id")
        .filter(id -> id.length() <= MAX_CORRELATION_ID)
        .ifPresent(id -> references.put("correlation_id", id));
    inbound
        .header("traceparent")
        .map(TRACE_PARENT::matcher)
        .filter(Matcher::matches)
        .ifPresent(parent -> references.put("trace_id", parent.group(1)));
    if (!references.isEmpty()) {
      entry.set("references", references);
    }
  }

  /** The SDK that a request says it was made with: {@code {name, version, env}} in base64. */
  private static Optional<ObjectNode> sdk(String header) {
    try {
      return Json.parse(Base64.getDecoder().decode(header)) instanceof ObjectNode sdk
          ? Optional.of(sdk.retain("name", "version", "env"))
              .filter(kept -> kept.toString().length() <= MAX_TEXT)
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
