/** Every way in which the token endpoint refuses, with code, status and members, on one page. */
@NullMarked
package dev.cambio.gateway.error;

import org.jspecify.annotations.NullMarked;
