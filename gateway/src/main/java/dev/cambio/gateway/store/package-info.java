/**
 * PostgreSQL as the rest of the gateway sees it: queries that cannot leave their tenant, sealed
 * secrets, and caches of configuration that a change anywhere in the cluster drops.
 */
@NullMarked
package dev.cambio.gateway.store;

import org.jspecify.annotations.NullMarked;
