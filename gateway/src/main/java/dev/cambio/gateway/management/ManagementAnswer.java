package dev.cambio.gateway.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * An answer of the Management API, freed of HTTP.
 *
 * @param body a missing node for an answer without a body
 */
public record ManagementAnswer(int status, JsonNode body, Map<String, String> headers) {}
