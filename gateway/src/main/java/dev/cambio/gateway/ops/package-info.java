/**
 * The operations port: whether the process lives, and whether it can serve. Plain HTTP for probes
 * inside the installation; nothing here belongs to a tenant.
 */
@NullMarked
package dev.cambio.gateway.ops;

import org.jspecify.annotations.NullMarked;
