/** Tenants: who is served at which host, and their settings. */
@NullMarked
package dev.cambio.gateway.tenant;

import org.jspecify.annotations.NullMarked;
