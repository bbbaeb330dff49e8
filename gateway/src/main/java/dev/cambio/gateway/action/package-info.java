/** Deployed Actions and the asking side of the event bus. */
@NullMarked
package dev.cambio.gateway.action;

import org.jspecify.annotations.NullMarked;
