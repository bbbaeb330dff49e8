package dev.cambio.gateway.http;

import java.util.Optional;

/**
 * Where a request comes from, as far as it can be known.
 *
 * @param ip the client's address: the first, coming from here, that is no trusted proxy
 * @param scheme that the client used, if a trusted proxy says so: {@code http} or {@code https}
 * @param host that the client asked for, if a trusted proxy says so; not checked
 */
record Origin(String ip, Optional<String> scheme, Optional<String> host) {}
