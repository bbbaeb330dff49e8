package dev.cambio.gateway.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One tenant log entry.
 *
 * @param type type code, e.g. {@code secte} (contract token-endpoint §10.1)
 * @param payload the entry without {@code log_id}, {@code date} and {@code type}; holds no token
 *     and no secret
 */
public record TenantLogEvent(String tenantId, Instant date, String type, ObjectNode payload) {}
