/** Sender-constrained tokens by proof of possession of a key (RFC 9449). */
@NullMarked
package dev.cambio.gateway.dpop;

import org.jspecify.annotations.NullMarked;
