/** Signing keys of a tenant: making, reading, publishing and signing with them. */
@NullMarked
package dev.cambio.gateway.key;

import org.jspecify.annotations.NullMarked;
