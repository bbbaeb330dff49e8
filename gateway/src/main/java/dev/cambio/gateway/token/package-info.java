/** The token endpoint: the phases every grant shares, and the tokens that come out. */
@NullMarked
package dev.cambio.gateway.token;

import org.jspecify.annotations.NullMarked;
