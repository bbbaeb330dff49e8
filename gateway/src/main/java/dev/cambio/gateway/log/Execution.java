package dev.cambio.gateway.log;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Instant;
import java.util.UUID;

/**
 * One run of a trigger, over (contract actions-runtime §4.3).
 *
 * @param results {@code [{action_name, error?, started_at, ended_at}]}; holds no token and no
 *     secret
 */
public record Execution(
    UUID id, String triggerId, ArrayNode results, Instant startedAt, Instant endedAt) {}
