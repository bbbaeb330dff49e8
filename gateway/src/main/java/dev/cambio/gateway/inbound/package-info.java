/**
 * A request as it came in, freed of HTTP: who asks which tenant, and the body as single-valued
 * parameters.
 */
@NullMarked
package dev.cambio.gateway.inbound;

import org.jspecify.annotations.NullMarked;
