/**
 * The network as settings speak of it: ranges of addresses, what may be connected to, and
 * authorities to trust.
 */
@NullMarked
package dev.cambio.model.net;

import org.jspecify.annotations.NullMarked;
