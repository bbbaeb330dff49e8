/**
 * The node's side of guest processes: starts them with as little reach as the kernel allows, runs
 * code in them, kills those that hang and replaces them from a warm spare. What a guest process
 * says is never trusted.
 */
@NullMarked
package dev.cambio.runtime.process;

import org.jspecify.annotations.NullMarked;
