/**
 * The event bus between gateway and actions nodes: addresses, message forms and the seal that keeps
 * them unreadable and unforgeable on the wire. The only package here that knows Vert.x.
 */
@NullMarked
package dev.cambio.model.bus;

import org.jspecify.annotations.NullMarked;
