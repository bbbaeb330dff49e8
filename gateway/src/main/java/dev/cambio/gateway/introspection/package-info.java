/** The introspection endpoint (RFC 7662). Past Auth0, which has none. */
@NullMarked
package dev.cambio.gateway.introspection;

import org.jspecify.annotations.NullMarked;
