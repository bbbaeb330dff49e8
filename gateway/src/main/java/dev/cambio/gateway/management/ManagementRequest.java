package dev.cambio.gateway.management;

import dev.cambio.gateway.inbound.InboundRequest;

/**
 * A request to the Management API, freed of HTTP.
 *
 * @param method in upper case
 * @param path below {@code /api/v2}, with its leading slash, still percent-encoded
 * @param query the raw query string; empty if there is none
 */
public record ManagementRequest(InboundRequest inbound, String method, String path, String query) {}
