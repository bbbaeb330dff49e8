/** The HTTP edge: routes, and the only code that knows what a RoutingContext is. */
@NullMarked
package dev.cambio.gateway.http;

import org.jspecify.annotations.NullMarked;
