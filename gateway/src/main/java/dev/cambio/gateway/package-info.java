/**
 * A Cambio node: {@code Node} starts what its roles need, {@code Gateway} wires the services of the
 * gateway role and reads like their parts list.
 */
@NullMarked
package dev.cambio.gateway;

import org.jspecify.annotations.NullMarked;
